"""One PPO update in plain Python, with a gradient by central differences: expected results for `granary reinforce probe`.

usage: probe.py gaussian|categorical UPDATE.json EXPECTED.json    writes a random update and what it has to lead to
"""
import json, math, random, sys

kind, update_file, expected_file = sys.argv[1:]
random.seed(4 if kind == "gaussian" else 5)
STEPS, ENVIRONMENTS, OBSERVATIONS, CLIP = 5, 3, 4, 0.2
OUTPUTS = 2 if kind == "gaussian" else 3


def normal():
    return random.gauss(0, 1)


def grid(make):
    return [[make(t, e) for e in range(ENVIRONMENTS)] for t in range(STEPS)]


def layers(sizes):
    return [{"weights": [[0.6 * normal() for _ in range(i)] for _ in range(o)], "bias": [0.2 * normal() for _ in range(o)]}
            for i, o in zip(sizes, sizes[1:])]


def forward(net, x):
    for k, layer in enumerate(net["layers"]):
        x = [sum(w * v for w, v in zip(row, x)) + b for row, b in zip(layer["weights"], layer["bias"])]
        if k < len(net["layers"]) - 1:
            x = [math.tanh(v) if net["activation"] == "tanh" else max(v, 0.0) for v in x]
    return x


def evaluate(policy, observation, action):
    y = forward(policy, observation)
    if kind == "gaussian":
        log = sum(-0.5 * ((a - m) / math.exp(s)) ** 2 - s - 0.5 * math.log(2 * math.pi)
                  for a, m, s in zip(action, y, policy["logStd"]))
        return log, sum(0.5 + 0.5 * math.log(2 * math.pi) + s for s in policy["logStd"])
    top = max(y)
    z = top + math.log(sum(math.exp(v - top) for v in y))
    return y[action] - z, -sum(math.exp(v - z) * (v - z) for v in y)


u = {"policy": {"layers": layers([OBSERVATIONS, 5, OUTPUTS]), "activation": "tanh"},
     "value": {"layers": layers([OBSERVATIONS, 6, 1]), "activation": "relu" if kind == "categorical" else "tanh"},
     "action": kind}
if kind == "gaussian":
    u["policy"]["logStd"] = [-0.3, 0.2]
u["observations"] = grid(lambda t, e: [normal() for _ in range(OBSERVATIONS)])
u["actions"] = grid(lambda t, e: [normal() for _ in range(OUTPUTS)] if kind == "gaussian" else random.randrange(OUTPUTS))
u["oldLogProbabilities"] = grid(
    lambda t, e: evaluate(u["policy"], u["observations"][t][e], u["actions"][t][e])[0] + 0.3 * normal())
u["oldValues"] = grid(lambda t, e: normal())
u["rewards"] = grid(lambda t, e: normal())
u["terminated"] = grid(lambda t, e: t == 1 and e == 0)
u["truncated"] = grid(lambda t, e: t == 2 and e == 1)
u["finalValues"] = grid(lambda t, e: normal())
u["lastValues"] = [normal() for _ in range(ENVIRONMENTS)]
u.update({"gamma": 0.97, "lambda": 0.9, "clip": CLIP, "clipValueLoss": True, "entropyCoefficient": 0.01, "valueCoefficient": 0.5,
          "maxGradientNorm": 0.5, "learningRate": 0.01, "adamEpsilon": 1e-5, "normalizeAdvantages": True})
with open(update_file, "w") as file:
    json.dump(u, file)

advantages = grid(lambda t, e: 0.0)
for e in range(ENVIRONMENTS):
    total = 0.0
    for t in reversed(range(STEPS)):
        following = u["lastValues"][e] if t == STEPS - 1 else u["oldValues"][t + 1][e]
        if u["terminated"][t][e]:
            following, total = 0.0, 0.0
        elif u["truncated"][t][e]:
            following, total = u["finalValues"][t][e], 0.0
        total = u["rewards"][t][e] + u["gamma"] * following - u["oldValues"][t][e] + u["gamma"] * u["lambda"] * total
        advantages[t][e] = total
flat = [a for row in advantages for a in row]
n = len(flat)
mean = sum(flat) / n
deviation = math.sqrt(sum((a - mean) ** 2 for a in flat) / (n - 1))


def loss():
    policy = value = entropy = kl = clipped = 0.0
    for t in range(STEPS):
        for e in range(ENVIRONMENTS):
            observation = u["observations"][t][e]
            log, h = evaluate(u["policy"], observation, u["actions"][t][e])
            change = log - u["oldLogProbabilities"][t][e]
            ratio = math.exp(change)
            a = (advantages[t][e] - mean) / (deviation + 1e-8)
            policy += max(-a * ratio, -a * min(max(ratio, 1 - CLIP), 1 + CLIP))
            entropy += h
            kl += ratio - 1 - change
            clipped += abs(ratio - 1) > CLIP
            v, old = forward(u["value"], observation)[0], u["oldValues"][t][e]
            wanted = advantages[t][e] + old
            value += 0.5 * max((v - wanted) ** 2, (old + min(max(v - old, -CLIP), CLIP) - wanted) ** 2)
    figures = {"policyLoss": policy / n, "valueLoss": value / n, "entropy": entropy / n, "approxKl": kl / n, "clipFraction": clipped / n}
    return figures["policyLoss"] - u["entropyCoefficient"] * figures["entropy"] + u["valueCoefficient"] * figures["valueLoss"], figures


_, expected = loss()
expected["advantages"] = advantages
expected["returns"] = grid(lambda t, e: advantages[t][e] + u["oldValues"][t][e])
places = []
for name in ("policy", "value"):
    for layer in u[name]["layers"]:
        places += [(row, i) for row in layer["weights"] for i in range(len(row))]
        places += [(layer["bias"], i) for i in range(len(layer["bias"]))]
    if "logStd" in u[name]:
        places += [(u[name]["logStd"], i) for i in range(OUTPUTS)]
gradient = []
for values, i in places:
    at = values[i]
    values[i] = at + 1e-5
    above = loss()[0]
    values[i] = at - 1e-5
    gradient.append((above - loss()[0]) / 2e-5)
    values[i] = at
norm = math.sqrt(sum(g * g for g in gradient))
expected["gradientNorm"] = norm
for (values, i), g in zip(places, gradient):
    g *= min(1, u["maxGradientNorm"] / (norm + 1e-6))
    values[i] -= u["learningRate"] * g / (abs(g) + u["adamEpsilon"])  # the first step: both moments are corrected to g and g²
expected["policy"], expected["value"] = u["policy"], u["value"]
with open(expected_file, "w") as file:
    json.dump(expected, file)
