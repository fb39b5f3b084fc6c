using Granary.Cluster.Models;

namespace Granary.Cluster.Grains.Models;

/// <summary>Persistent state of a model's use; the versions themselves are in the registry.</summary>
[GenerateSerializer, Alias("granary.ModelRecord")]
public sealed class ModelRecord
{
    /// <summary>Predictions without an outcome, by their subject.</summary>
    [Id(0)]
    public Dictionary<string, ModelPrediction> Open { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The version that the other members belong to.</summary>
    [Id(1)]
    public int Version { get; set; }

    /// <summary>Losses of the newest outcomes, oldest first.</summary>
    [Id(2)]
    public List<double> Losses { get; set; } = [];

    /// <summary>Squared errors of the newest outcomes, oldest first, from which the detector is made again.</summary>
    [Id(3)]
    public List<double> Errors { get; set; } = [];

    /// <summary>Whether the error has grown.</summary>
    [Id(4)]
    public bool HasDrifted { get; set; }

    /// <summary>Number of predictions.</summary>
    [Id(5)]
    public long Predictions { get; set; }
}
