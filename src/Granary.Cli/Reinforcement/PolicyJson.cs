using System.Text.Json;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;

namespace Granary.Cli.Reinforcement;

/// <summary>
/// Implements <c>granary reinforce policy</c>: writes a saved policy as JSON, so other programs can repeat its decisions.
/// </summary>
internal static class PolicyJson
{
    /// <summary>Returns the policy's networks, action space and normaliser as JSON.</summary>
    public static byte[] Write(TrainedPolicy policy)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("action", policy.Actions.Kind switch
            {
                ActionKind.Categorical => "categorical",
                ActionKind.Continuous => "gaussian",
                ActionKind.Simplex => "simplex",
            });
            json.WriteNumber("choices", policy.Actions.Choices);
            if (policy.Actions.Kind == ActionKind.Continuous)
            {
                json.WriteNumber("low", policy.Actions.Low);
                json.WriteNumber("high", policy.Actions.High);
            }
            WriteNetworks(json, policy.Networks);
            if (policy.Normaliser is { } normaliser) Write(json, normaliser);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    internal static void WriteNetworks(Utf8JsonWriter json, ActorCritic nets)
    {
        json.WriteStartObject("policy");
        NetworkJson.Write(json, nets.Policy, nets.PolicyParameters);
        if (nets.Head.Parameters > 0)
        {
            json.WriteStartArray("logStd");
            foreach (var value in nets.HeadParameters) json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteStartObject("value");
        NetworkJson.Write(json, nets.Value, nets.ValueParameters);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ObservationNormaliser normaliser)
    {
        json.WriteStartObject("normalizer");
        json.WriteStartArray("mean");
        foreach (var mean in normaliser.Moments.Mean) json.WriteNumberValue(mean);
        json.WriteEndArray();
        json.WriteStartArray("variance");
        for (var i = 0; i < normaliser.Moments.Mean.Length; i++) json.WriteNumberValue(normaliser.Moments.Variance(i));
        json.WriteEndArray();
        json.WriteNumber("epsilon", ObservationNormaliser.Epsilon);
        json.WriteNumber("clip", ObservationNormaliser.Clip);
        json.WriteNumber("count", normaliser.Moments.Count);
        json.WriteEndObject();
    }
}
