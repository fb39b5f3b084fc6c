using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Modelling.Learning;

/// <summary>The options of work on a batch's models: its commands and its jobs take them from here.</summary>
internal record LearningOptions
{
    [Key("all, or how many of the batch's first strategies", Words = "all"), Range(1, int.MaxValue)]
    public int? Strategies { get; init; }
}
