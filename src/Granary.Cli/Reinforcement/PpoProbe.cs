using System.Text.Json;
using Granary.Engine;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;
using Granary.Simulation.Json;

namespace Granary.Cli.Reinforcement;

/// <summary>
/// Implements <c>granary reinforce probe</c>: makes one update of proximal policy optimisation on recorded data, with one epoch and one
/// minibatch, and writes all intermediate values. docs/reinforcement.md gives the format.
/// </summary>
internal static class PpoProbe
{
    /// <param name="file">File name for error messages.</param>
    /// <returns>The result as JSON.</returns>
    /// <exception cref="InputException">The text does not have the documented format.</exception>
    public static byte[] Run(string file, ReadOnlySpan<byte> utf8)
    {
        var root = JsonPart.Parse(file, utf8).Only("policy", "value", "action", "observations", "actions", "oldLogProbabilities",
            "oldValues", "rewards", "terminated", "truncated", "finalValues", "lastValues", "gamma", "lambda", "clip", "clipValueLoss",
            "entropyCoefficient", "valueCoefficient", "maxGradientNorm", "learningRate", "adamEpsilon", "normalizeAdvantages");
        var nets = ReadNetworks(root);
        var rollout = ReadRollout(root, nets);
        var settings = ReadSettings(root);
        rollout.EstimateAdvantages(settings.Gamma, settings.Lambda);
        using var team = new ThreadTeam(1);
        var update = new PpoUpdate(nets, settings, team, rollout.Count);
        var result = update.Step(rollout, [.. Enumerable.Range(0, rollout.Count)], 0, rollout.Count);
        return Write(rollout, nets, result);
    }

    private static ActorCritic ReadNetworks(JsonPart root)
    {
        var policyPart = root.Need("policy").Only("layers", "activation", "logStd");
        var valuePart = root.Need("value").Only("layers", "activation");
        var (policy, value) = (NetworkJson.Read(policyPart), NetworkJson.Read(valuePart));
        var outputs = policy.OutputsOf(policy.Layers - 1);
        if (value.OutputsOf(value.Layers - 1) != 1) throw valuePart.Fault("the last layer of the value network has one output");
        if (value.InputsOf(0) != policy.InputsOf(0)) throw valuePart.Fault("the networks have inputs of different sizes");
        var isGaussian = root.Need("action").Choice(("gaussian", true), ("categorical", false));
        var nets = new ActorCritic(policy, isGaussian ? new GaussianHead(outputs) : new CategoricalHead(outputs), value);
        NetworkJson.Fill(policyPart, policy, nets.PolicyParameters);
        NetworkJson.Fill(valuePart, value, nets.ValueParameters);
        if (isGaussian) ProbeArrays.Numbers(policyPart.Need("logStd"), outputs).CopyTo(nets.HeadParameters);
        return nets;
    }

    private static Rollout ReadRollout(JsonPart root, ActorCritic nets)
    {
        var observations = root.Need("observations").List();
        var steps = observations.Count;
        var environments = steps > 0 ? observations[0].List().Count : 0;
        if (environments == 0) throw root.Need("observations").Fault("there is no observation");
        var size = nets.Policy.InputsOf(0);
        var rollout = new Rollout(steps, environments, size, nets.Head.ActionSize);
        var actions = ProbeArrays.Items(root.Need("actions"), steps);
        for (var t = 0; t < steps; t++)
        {
            var row = ProbeArrays.Items(observations[t], environments);
            var taken = ProbeArrays.Items(actions[t], environments);
            for (var e = 0; e < environments; e++)
            {
                var i = t * environments + e;
                ProbeArrays.Numbers(row[e], size).CopyTo(rollout.Observations, i * rollout.RowWidth);
                if (nets.Head is CategoricalHead) rollout.Actions[i] = taken[e].Whole(0, nets.Head.Outputs - 1);
                else Gaussian(taken[e], nets.Head.ActionSize).CopyTo(rollout.Actions, i * rollout.ActionSize);
            }
        }
        ProbeArrays.Fill(root.Need("oldLogProbabilities"), steps, environments, rollout.LogProbabilities);
        ProbeArrays.Fill(root.Need("oldValues"), steps, environments, rollout.Values);
        ProbeArrays.Fill(root.Need("rewards"), steps, environments, rollout.Rewards);
        ProbeArrays.Fill(root.Need("terminated"), steps, environments, rollout.Terminated);
        ProbeArrays.Fill(root.Need("truncated"), steps, environments, rollout.Truncated);
        ProbeArrays.Fill(root.Need("finalValues"), steps, environments, rollout.FinalValues);
        ProbeArrays.Numbers(root.Need("lastValues"), environments).CopyTo(rollout.LastValues, 0);
        return rollout;
    }

    // An action with one component may be a number instead of an array.
    private static double[] Gaussian(JsonPart part, int size) =>
        size == 1 && part.Kind == JsonValueKind.Number ? [part.Number()] : ProbeArrays.Numbers(part, size);

    private static PpoSettings ReadSettings(JsonPart root) => new()
    {
        Gamma = root.Need("gamma").Number(0, 1),
        Lambda = root.Need("lambda").Number(0, 1),
        Clip = root.Need("clip").Number(0),
        ClipValueLoss = root.Need("clipValueLoss").Bool(),
        EntropyCoefficient = root.Need("entropyCoefficient").Number(),
        ValueCoefficient = root.Need("valueCoefficient").Number(),
        MaxGradientNorm = root.Need("maxGradientNorm").Number(0),
        LearningRate = root.Need("learningRate").Number(0),
        AdamEpsilon = root.Need("adamEpsilon").Number(0),
        NormalizeAdvantages = root.Need("normalizeAdvantages").Bool(),
    };

    private static byte[] Write(Rollout rollout, ActorCritic nets, MinibatchResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Samples(json, "advantages", rollout, rollout.Advantages);
            Samples(json, "returns", rollout, rollout.Returns);
            json.WriteNumber("policyLoss", result.PolicyLoss);
            json.WriteNumber("valueLoss", result.ValueLoss);
            json.WriteNumber("entropy", result.Entropy);
            json.WriteNumber("approxKl", result.ApproxKl);
            json.WriteNumber("clipFraction", result.ClipFraction);
            json.WriteNumber("gradientNorm", result.GradientNorm);
            PolicyJson.WriteNetworks(json, nets);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void Samples(Utf8JsonWriter json, string name, Rollout rollout, double[] values)
    {
        json.WriteStartArray(name);
        for (var t = 0; t < rollout.Steps; t++)
        {
            json.WriteStartArray();
            for (var e = 0; e < rollout.Environments; e++) json.WriteNumberValue(values[t * rollout.Environments + e]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
