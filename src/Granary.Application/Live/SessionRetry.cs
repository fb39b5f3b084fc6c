using System.Text.Json.Serialization;

namespace Granary.Application.Live;

/// <summary>What an interrupted session waits for before it is tried again.</summary>
/// <param name="Attempts">Attempts since its last bar that failed.</param>
/// <param name="NextAt">When the next attempt begins, UTC.</param>
/// <param name="Reason">Why the last attempt failed, one sentence.</param>
public sealed record SessionRetry(int Attempts, DateTimeOffset NextAt, string Reason)
{
    /// <summary>After this many attempts the pauses become longer.</summary>
    internal const int ShortPauses = 20;

    /// <summary>The first failed attempt: worth a warning.</summary>
    [JsonIgnore]
    public bool IsFirst => Attempts == 1;

    /// <summary>The attempt after which the pauses become longer: worth an error. The attempts after it repeat what is known.</summary>
    [JsonIgnore]
    public bool IsLasting => Attempts == ShortPauses;
}
