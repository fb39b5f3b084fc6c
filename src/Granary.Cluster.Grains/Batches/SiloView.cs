using Granary.Cluster.Compute;

namespace Granary.Cluster.Grains.Batches;

/// <summary>A silo as a batch grain sees it.</summary>
/// <param name="timeout">Time without an answer after which it counts as lost.</param>
internal sealed class SiloView(TimeSpan timeout, TimeProvider clock)
{
    public Task? Asking { get; set; }

    public long AnsweredAt { get; set; } = clock.GetTimestamp();

    public long? SentAt { get; set; }

    /// <summary>Time of the call that <see cref="Answer"/> answers.</summary>
    public long AskedAt { get; set; }

    public ComputeStatus? Answer { get; set; }

    /// <summary>Whether the answer is new.</summary>
    public bool Fresh { get; set; }

    public bool IsResponsive => clock.GetElapsedTime(AnsweredAt) < timeout;

    /// <summary>Whether it answers and accepts work.</summary>
    public bool IsOpen => IsResponsive && Answer is { Leaving: false };
}
