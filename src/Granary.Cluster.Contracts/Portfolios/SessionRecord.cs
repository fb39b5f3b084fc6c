using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Cluster.Portfolios;

/// <summary>Persistent state of a live session besides its journal; survives the loss of its silo.</summary>
[GenerateSerializer, Alias("granary.SessionRecord")]
internal sealed class SessionRecord
{
    /// <summary>Configuration and options with which the session was started; null without a session.</summary>
    [Id(0)]
    public SessionStart? Start { get; set; }

    /// <summary>A value of <see cref="SessionPhase"/>.</summary>
    [Id(1)]
    public int Phase { get; set; }

    /// <summary>Id of its run.</summary>
    [Id(2)]
    public string Run { get; set; } = "";

    /// <summary>Time of its start, UTC.</summary>
    [Id(3)]
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Digest of its run; null before its end.</summary>
    [Id(4)]
    public string? Digest { get; set; }

    /// <summary>Why it failed; null if it did not.</summary>
    [Id(5)]
    public string? Fault { get; set; }

    /// <summary>
    /// Increases with each start and each recovery, and is written first, so only one of two activations gets the next value.
    /// </summary>
    [Id(6)]
    public long Epoch { get; set; }

    /// <summary>Number of recoveries.</summary>
    [Id(7)]
    public int Restarts { get; set; }

    /// <summary>View of the session at its end; null before.</summary>
    [Id(8)]
    public SessionView? Last { get; set; }

    /// <summary>Commands that may not have been executed yet. Each attempt receives them.</summary>
    [Id(9)]
    public List<IssuedCommand> Commands { get; set; } = [];
}
