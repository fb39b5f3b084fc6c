using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.LookAhead;

namespace Granary.Backtesting.Verification;

/// <summary>The options of a verification: its command and its job take them from here.</summary>
internal record VerifyOptions
{
    [Key("how many strategies the look-ahead check covers", Without = "all"), Range(1, int.MaxValue)]
    public int? Sample { get; init; }

    [Key("how often the future of each strategy is perturbed: half at random times, half right after its own decisions"), Range(1, 1000)]
    public int Cuts { get; init; } = 12;

    /// <summary>The effort of the look-ahead check.</summary>
    public LookAheadEffort ToEffort() => LookAheadEffort.OfCuts(Sample ?? int.MaxValue, Cuts);
}
