using System.Text.Json;
using Granary.Learning.Networks;
using Granary.Simulation.Json;

namespace Granary.Cli.Reinforcement;

/// <summary>
/// Reads and writes a network as JSON: <c>{ "layers": [{ "weights": [row per output], "bias": […] }], "activation": "tanh" }</c>.
/// </summary>
internal static class NetworkJson
{
    private static readonly (string Word, Activation Value)[] Activations = [("tanh", Activation.Tanh), ("relu", Activation.Relu)];

    /// <summary>Writes the members of the JSON object; the caller writes the braces.</summary>
    public static void Write(Utf8JsonWriter json, DenseNetwork network, ReadOnlySpan<double> parameters)
    {
        json.WriteStartArray("layers");
        for (var l = 0; l < network.Layers; l++)
        {
            json.WriteStartObject();
            json.WriteStartArray("weights");
            for (var o = 0; o < network.OutputsOf(l); o++)
            {
                json.WriteStartArray();
                for (var i = 0; i < network.InputsOf(l); i++) json.WriteNumberValue(parameters[network.WeightAt(l, i, o)]);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("bias");
            for (var o = 0; o < network.OutputsOf(l); o++) json.WriteNumberValue(parameters[network.BiasAt(l, o)]);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("activation", Activations.First(a => a.Value == network.Activation).Word);
    }

    /// <summary>Reads the layout of a network; <see cref="Fill"/> then reads its parameters.</summary>
    public static DenseNetwork Read(JsonPart part)
    {
        var layers = part.Need("layers").List();
        if (layers.Count == 0) throw part.Need("layers").Fault("a network has at least one layer");
        var widths = new List<int> { First(layers[0].Need("weights")).List().Count };
        foreach (var layer in layers)
        {
            layer.Only("weights", "bias");
            widths.Add(layer.Need("weights").List().Count);
        }
        return new DenseNetwork(widths[0], widths[1..^1], widths[^1], part.Need("activation").Choice(Activations));
    }

    private static JsonPart First(JsonPart rows) =>
        rows.List() is [var first, ..] ? first : throw rows.Fault("a layer has at least one row");

    /// <summary>Reads weights and biases into the parameter array of a network.</summary>
    public static void Fill(JsonPart part, DenseNetwork network, Span<double> parameters)
    {
        var layers = part.Need("layers").List();
        for (var l = 0; l < layers.Count; l++)
        {
            var rows = layers[l].Need("weights").List();
            for (var o = 0; o < rows.Count; o++)
            {
                var row = ProbeArrays.Numbers(rows[o], network.InputsOf(l));
                for (var i = 0; i < row.Length; i++) parameters[network.WeightAt(l, i, o)] = row[i];
            }
            var bias = ProbeArrays.Numbers(layers[l].Need("bias"), rows.Count);
            for (var o = 0; o < bias.Length; o++) parameters[network.BiasAt(l, o)] = bias[o];
        }
    }
}
