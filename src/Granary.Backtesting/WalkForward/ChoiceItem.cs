using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Work;

namespace Granary.Backtesting.WalkForward;

/// <summary>The choices of a walk-forward in one window, as an item of work.</summary>
/// <param name="Window">Index of the window.</param>
/// <param name="Group">Index of the group that chooses; −1 for all groups, whose models are trained once.</param>
internal sealed record ChoiceItem(int Window, int Group, string Key) : WorkItem(Key);

/// <summary>The result of a <see cref="ChoiceItem"/>. It has everything that trading and counting the choices needs.</summary>
/// <param name="Choices">By group of the item.</param>
internal sealed record ChosenInWindow(IReadOnlyList<GroupChoice> Choices) : WorkResult
{
    /// <summary>The models that filter entries out of sample; none without a learning section.</summary>
    public IReadOnlyList<WindowModel> Models { get; init; } = [];

    /// <summary>Models that could not be made, with the reason.</summary>
    public IReadOnlyList<(string Model, string Why)> Missing { get; init; } = [];
}

/// <summary>The choice of one group in a window.</summary>
/// <param name="Strategy">The index of a strategy without a search; −1 if none was chosen.</param>
/// <param name="InSample">The choice's own account over the in-sample range; null without a choice.</param>
/// <param name="Trials">Number of combinations that were tried in the window.</param>
internal sealed record GroupChoice(int Strategy, MetricSet? InSample, int Trials)
{
    /// <summary>The combination of a search that was chosen; null if none was.</summary>
    public PlannedTrial? Trial { get; init; }

    /// <summary>The different combinations that the group's searches tried, in their order.</summary>
    public IReadOnlyList<PlannedTrial> Tried { get; init; } = [];
}

/// <summary>A model of a window.</summary>
/// <param name="File">The entry filter as bytes.</param>
/// <param name="Strategies">Indices of the strategies whose entries it filters.</param>
internal sealed record WindowModel(byte[] File, IReadOnlyList<int> Strategies);
