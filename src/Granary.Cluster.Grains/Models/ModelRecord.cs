namespace Granary.Cluster.Grains.Models;

/// <summary>Persistent state of a model's use; the versions themselves are in the registry.</summary>
[GenerateSerializer, Alias("granary.ModelRecord")]
internal sealed class ModelRecord
{
    /// <summary>The version in use that <see cref="Losses"/>, <see cref="Errors"/>, <see cref="HasDrifted"/> and
    /// <see cref="Candidates"/> belong to.</summary>
    [Id(0)]
    public int Version { get; set; }

    /// <summary>Losses of its newest outcomes, oldest first.</summary>
    [Id(1)]
    public List<double> Losses { get; set; } = [];

    /// <summary>Squared errors of its newest outcomes, oldest first. A new activation restores the drift detector from them.</summary>
    [Id(2)]
    public List<double> Errors { get; set; } = [];

    /// <summary>Whether its squared errors have grown.</summary>
    [Id(3)]
    public bool HasDrifted { get; set; }

    /// <summary>Counts of predictions and outcomes, by version.</summary>
    [Id(4)]
    public Dictionary<int, VersionCounts> Counts { get; set; } = [];

    /// <summary>By candidate: squared error of the version in use minus the candidate's, for the same outcomes, oldest first.</summary>
    [Id(5)]
    public Dictionary<int, List<double>> Candidates { get; set; } = [];

    /// <summary>The newest events, predictions and outcomes apart, by the account and strategy that they come from.</summary>
    [Id(6)]
    public Dictionary<string, SourceMark> Sources { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The newest report of each replica.</summary>
    [Id(7)]
    public Dictionary<string, ReplicaMark> Replicas { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>Use of a version.</summary>
[GenerateSerializer, Alias("granary.VersionCounts")]
internal sealed class VersionCounts
{
    [Id(0)]
    public long Predictions { get; set; }

    [Id(1)]
    public long Failed { get; set; }

    [Id(2)]
    public long Outcomes { get; set; }
}

/// <summary>Position in the events of a source: those before <see cref="Time"/> are known.</summary>
[GenerateSerializer, Alias("granary.SourceMark")]
internal sealed class SourceMark
{
    /// <summary>UTC ticks.</summary>
    [Id(0)]
    public long Time { get; set; } = long.MinValue;

    /// <summary>Subjects of the events at that time.</summary>
    [Id(1)]
    public List<string> Subjects { get; set; } = [];

    /// <summary>Returns whether an event is new, and marks it as known.</summary>
    public bool Pass(long time, string subject)
    {
        if (time < Time || time == Time && Subjects.Contains(subject)) return false;
        if (time > Time) (Time, Subjects) = (time, []);
        Subjects.Add(subject);
        return true;
    }
}

/// <summary>The newest report of a replica.</summary>
[GenerateSerializer, Alias("granary.ReplicaMark")]
internal sealed class ReplicaMark
{
    [Id(0)]
    public long Sequence { get; set; }

    [Id(1)]
    public DateTimeOffset At { get; set; }
}
