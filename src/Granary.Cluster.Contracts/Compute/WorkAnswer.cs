using Granary.Cluster.Batches;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Cluster.Compute;

/// <summary>The answer to a <see cref="WorkRequest"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.WorkAnswer")]
internal abstract record WorkAnswer;

/// <summary>The answer of a silo that does none of the job's work, because it has other bars or a different program version.</summary>
[GenerateSerializer, Immutable, Alias("granary.WorkRefused")]
internal sealed record WorkRefused([property: Id(0)] string Reason) : WorkAnswer;

/// <summary>The result of a fit.</summary>
/// <param name="Predicted">Predictions by test row of its window; NaN if the model has no prediction for the row.</param>
/// <param name="Signals">Predictions by signal in its window; NaN likewise.</param>
/// <param name="Error">Why there is no model; null if there is one.</param>
/// <param name="Model">The bytes of the model's file in a comparison; null in a search, or without a model.</param>
[GenerateSerializer, Immutable, Alias("granary.FitAnswer")]
internal sealed record FitAnswer([property: Id(0)] double[] Predicted, [property: Id(1)] double[] Signals, [property: Id(2)] string? Error,
    [property: Id(3)] byte[]? Model) : WorkAnswer;

/// <summary>The choices of a window of a walk-forward.</summary>
/// <param name="Choices">By group of the request.</param>
/// <param name="Models">The window's models; none without a learning section.</param>
/// <param name="Missing">Models that could not be made, with the reason.</param>
[GenerateSerializer, Immutable, Alias("granary.ChoiceAnswer")]
internal sealed record ChoiceAnswer([property: Id(0)] GroupChoiceWire[] Choices, [property: Id(1)] WindowModelWire[] Models,
    [property: Id(2)] MissingModelWire[] Missing) : WorkAnswer;

/// <summary>The choice of one group.</summary>
/// <param name="Strategy">Index of a strategy without a search; −1 if none was chosen.</param>
/// <param name="InSample">Statistics of the choice's own account in sample; null without a choice.</param>
/// <param name="Trials">Number of combinations that were tried in the window.</param>
/// <param name="Trial">The combination of a search that was chosen; null if none was.</param>
/// <param name="Tried">The different combinations that the group's searches tried, in their order.</param>
[GenerateSerializer, Immutable, Alias("granary.GroupChoice")]
internal readonly record struct GroupChoiceWire([property: Id(0)] int Strategy, [property: Id(1)] MetricSet? InSample,
    [property: Id(2)] int Trials, [property: Id(3)] PassTrial? Trial, [property: Id(4)] PassTrial[] Tried);

/// <summary>A model of a window.</summary>
/// <param name="File">The bytes of the entry filter.</param>
/// <param name="Strategies">Indices of the strategies whose entries it filters.</param>
[GenerateSerializer, Immutable, Alias("granary.WindowModel")]
internal readonly record struct WindowModelWire([property: Id(0)] byte[] File, [property: Id(1)] int[] Strategies);

/// <summary>A model that could not be made.</summary>
[GenerateSerializer, Immutable, Alias("granary.MissingModel")]
internal readonly record struct MissingModelWire([property: Id(0)] string Model, [property: Id(1)] string Why);
