using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Granary.Cli.Tables;
using Granary.Simulation.Telemetry;

namespace Granary.Cli;

/// <summary>
/// Prints the time of a command by step: start, spans, and the work of the runtime that is spread over them.
/// </summary>
internal sealed class StepTimings : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly Lock _lock = new();
    private readonly List<Step> _steps = [];

    /// <param name="felt">The clock of the command.</param>
    public StepTimings(ElapsedTime felt)
    {
        _steps.Add(new Step("start", 0, TimeSpan.Zero) { Seconds = felt.Seconds, Processor = Used() });
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GranaryInstruments.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = span =>
            {
                lock (_lock) _steps.Add(new Step(span.OperationName, Depth(span), Used()) { Span = span });
            },
            ActivityStopped = span =>
            {
                var used = Used();
                lock (_lock)
                {
                    if (_steps.Find(s => s.Span == span) is not { } step) return;
                    if (span.GetTagItem(GranaryInstruments.File) is string file) step.Name = file;
                    (step.Seconds, step.Processor) = (span.Duration.TotalSeconds, used - step.Before);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>A step of the command.</summary>
    /// <param name="Depth">Number of steps that contain it.</param>
    /// <param name="Before">Processor time of the process at its start.</param>
    public sealed record Step(string Name, int Depth, TimeSpan Before)
    {
        public string Name { get; set; } = Name;

        public double Seconds { get; set; }

        /// <summary>Processor time of the process while the step ran, concurrent steps included.</summary>
        public TimeSpan Processor { get; set; }

        internal Activity? Span { get; init; }
    }

    /// <summary>The finished steps in the order in which they started.</summary>
    public IReadOnlyList<Step> Steps
    {
        get
        {
            lock (_lock) return [.. _steps.Where(s => s.Seconds > 0)];
        }
    }

    /// <summary>Prints the steps, and below them the compiler's work, the collector's pauses and the peak memory.</summary>
    public void Write()
    {
        var rows = Steps.Select(s => new[]
        {
            new string(' ', 2 * s.Depth) + s.Name, Cell.Seconds(s.Seconds), Cell.Seconds(s.Processor.TotalSeconds),
        });
        TableWriter.Write("Where the time went",
            [Column.Text("Step"), Column.Number("Time", "s"), Column.Number("Processor time", "s")], rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"compile: {JitInfo.GetCompiledMethodCount():N0} methods in "
                + $"{JitInfo.GetCompilationTime().TotalSeconds:0.00} s, on all threads"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"collect: {GC.CollectionCount(0):N0} collections paused for {GC.GetTotalPauseDuration().TotalSeconds:0.00} s"));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory: {process.PeakWorkingSet64 / 1e6:N0} MB"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time: {Used().TotalSeconds:0.00} s"));
    }

    private static TimeSpan Used() => Environment.CpuUsage.TotalTime;

    private static int Depth(Activity span)
    {
        var depth = 0;
        for (var parent = span.Parent; parent is not null; parent = parent.Parent) depth++;
        return depth;
    }

    public void Dispose() => _listener.Dispose();
}
