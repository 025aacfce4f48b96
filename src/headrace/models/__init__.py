"""Accelerator-hours become tokens, video and trained models.

architecture   shapes of models, from which work and memory follow
step_time/     how long an engine step takes, from measurements, a kernel data base, a roofline
serving/       tokens a second under a latency promise
fleet/         a serving fleet, request by request
training       accelerator-hours of a run; what failures cost
video          accelerator-seconds of a clip
power          what accelerators draw while they work
"""
