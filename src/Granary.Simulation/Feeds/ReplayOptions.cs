using System.Text.Json.Serialization;
using Granary.Data.Replay;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Feeds;

/// <summary>Options of <c>granary replay</c>.</summary>
internal sealed record ReplayOptions
{
    [Key("stdout, or kafka://HOST:PORT/TOPIC")]
    public required string To { get; init; }
    [Key("asap, fixed:100ms, realtime, or x60 for sixty times as fast"), JsonPropertyName("pace")]
    public string Speed { get; init; } = "asap";
    [Key("the longest wait between two time slices, as 1s; nights and weekends are waited out without it")]
    public string? MaxGap { get; init; }
    [Key("begin at this time, as 2024-01-31T14:30"), JsonConverter(typeof(UtcTicks))]
    public long? Start { get; init; }
    [Key("bars of a market in a message where nothing waits (Kafka 1024, stdout 1)")]
    public int? Block { get; init; }
    [Key("take commands from standard input: pause, resume, seek TIME, pace PACE, stop")]
    public bool Control { get; init; }
    [Key("print nothing but faults")]
    public bool Quiet { get; init; }
    [Key("the outcome as JSON on stdout (on stderr where the bars go to stdout)")]
    public bool Json { get; init; }

    /// <summary>Whether the bars go to standard output.</summary>
    [JsonIgnore]
    public bool IsToStdout => To == "stdout";

    /// <exception cref="BarDataException">The replay speed is invalid.</exception>
    public ReplaySpeed ReadSpeed() => ReplaySpeed.Parse(Speed, MaxGap);

    /// <summary>Reads the number of bars of a market in one message.</summary>
    /// <exception cref="InputException">The number is out of range.</exception>
    // A Kafka message of 1,000 bars has about 40 KB.
    public int ReadBlock() => (Block ?? (IsToStdout ? 1 : 1024)) is >= 1 and <= BarBlock.MaxCount and var size ? size
        : throw new InputException($"--block {Block}: use 1 to {BarBlock.MaxCount}");
}
