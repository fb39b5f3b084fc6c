using System.Text.Json;

namespace Granary.Modelling.Experiments;

/// <summary>Settings that the search chose, under the keys of a learning section.</summary>
/// <param name="Select">Number of features to select; 0 = all.</param>
internal sealed record SearchedSettings(string Trainer, IReadOnlyDictionary<string, string> Params, IReadOnlyList<string> Features,
    int Select,
    JsonElement Apply);
