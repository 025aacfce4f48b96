"""What an answer in words recommends, and how two answers differ.

reading      brands in order, those spoken against, prices; numbered lists and negation are read
similarity   how alike two texts are, and whether ads change the wording more than it varies
measures     what of an answer is compared: named first, standing, spoken against, price
"""
