"""What it is worth to make a layer oneself instead of buying it: make or buy, layer by layer.

layers_file          the layers, what the study becomes while one is bought, who sells it
supplier_response    a supplier picks its price on a grid against the plan solved again at each
layer_prices         what each layer would charge the next, and the use at which it pays
worlds               every set of layers made, solved between bounds; streamed and resumed
store                the file that grows, from which one goes on
value                values of sets, what each layer brings (Shapley), and how two go together
"""
