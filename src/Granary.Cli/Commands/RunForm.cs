using System.ComponentModel;
using System.Text.Json.Serialization;
using Granary.Backtesting.Runs;

namespace Granary.Cli.Commands;

/// <summary>The options of a run of a batch in this process.</summary>
internal record RunForm
{
    [Description("the run's folder (runs/<name>-<UTC>)")]
    public string? Out { get; init; }
    [Description("threads to use (all)")]
    public int Threads { get; init; } = Environment.ProcessorCount;
    [Description("run a very large grid without asking")]
    public bool Yes { get; init; }
    [Description("skip the look-ahead check and the cost stress test; prod.json then lacks these validation checks"),
        JsonPropertyName("noGuards")]
    public bool SkipsChecks { get; init; }
    [Description("print only faults")]
    public bool Quiet { get; init; }
    [Description("print the outcome as JSON")]
    public bool Json { get; init; }

    public BatchOptions ToBatchOptions() => new() { Out = Out, Yes = Yes, Threads = Threads, Validation = !SkipsChecks };
}
