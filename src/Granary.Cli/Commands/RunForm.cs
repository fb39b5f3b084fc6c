using System.Text.Json.Serialization;
using Granary.Backtesting.Runs;
using Granary.Engine.Catalogues;

namespace Granary.Cli.Commands;

/// <summary>The options of a run of a batch in this process.</summary>
internal record RunForm
{
    [Key("the run's folder (runs/<name>-<UTC>)")]
    public string? Out { get; init; }
    [Key("threads to use (all)")]
    public int Threads { get; init; } = Environment.ProcessorCount;
    [Key("run a very large grid without asking")]
    public bool Yes { get; init; }
    [Key("skip the look-ahead check and the cost stress test; prod.json then lacks these validation checks"), JsonPropertyName("noGuards")]
    public bool SkipsChecks { get; init; }
    [Key("print only faults")]
    public bool Quiet { get; init; }
    [Key("print the outcome as JSON")]
    public bool Json { get; init; }

    public BatchOptions ToBatchOptions() => new() { Out = Out, Yes = Yes, Threads = Threads, Validation = !SkipsChecks };
}
