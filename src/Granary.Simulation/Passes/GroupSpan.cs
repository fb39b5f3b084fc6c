using System.Diagnostics;
using Granary.Simulation.Telemetry;

namespace Granary.Simulation.Passes;

/// <summary>The span of a strategy group: strategies of one feed that process its blocks together.</summary>
internal static class GroupSpan
{
    /// <summary>Name of the span.</summary>
    public const string Name = "strategy-group";

    /// <summary>Starts the span of a group in this process, below the current step, without making it current.</summary>
    internal static Activity? Start(string feed, int strategies) =>
        GranaryInstruments.StartAside(GranaryInstruments.Groups, Name, Activity.Current?.Context ?? default)
            ?.SetTag(GranaryInstruments.Feed, feed).SetTag(GranaryInstruments.Strategies, strategies);

    /// <summary>Adds what the group has processed.</summary>
    public static void Count(Activity? span, FeedExecution execution) => span?
        .SetTag(GranaryInstruments.BarCount, execution.Bars).SetTag(GranaryInstruments.Blocks, execution.Blocks)
        .SetTag(GranaryInstruments.Evaluations, execution.Evaluations);
}
