using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Learning.Tracking;
using Granary.Storage.Addresses;

namespace Granary.Trading.Track;

/// <summary>The options of <c>granary track</c> and of its job.</summary>
internal record TrackOptions : IKeyFaults
{
    [Key("a CSV of prices or returns: date and a column for each name", Offers = "file")]
    public Address? Panel { get; init; }
    [Key("the panel holds prices (by its values: nearly all are positive)")]
    public bool Prices { get; init; }
    [Key("the panel holds returns, as 0.01 for 1 % (by its values: some are negative)")]
    public bool Returns { get; init; }
    [Key("a folder of bar files", Offers = "folder")]
    public Address? Universe { get; init; }
    [Key("the panel's column, or with a universe a bar file", Offers = "bar-file")]
    public required string Index { get; init; }
    [Key("how many names the replica holds at the most"), Range(1, int.MaxValue)]
    public required int MaxStocks { get; init; }
    [Key("fit a constant beside the weights")]
    public bool Intercept { get; init; }
    [Key("no short positions")]
    public bool NonNegative { get; init; }
    [Key("the weights add up to one")]
    public bool SumToOne { get; init; }
    [Key("names whose weight would be smaller are not held"), Range(0.0, double.MaxValue)]
    public double MinWeight { get; init; }
    [Key("the largest weight of a name"), Range(0.0, double.MaxValue)]
    public double? MaxWeight { get; init; }
    [Key("stop when the residual's norm is at most this share of the index's"), Range(0.0, double.MaxValue)]
    public double Residual { get; init; }
    [Key("volatile names have no advantage in the choice")]
    public bool Normalise { get; init; }
    [Key("names that correlate more with a chosen one are passed over"), Range(0.0, 1.0)]
    public double MaxCorrelation { get; init; } = 1;
    [Key("price of moving a unit of weight, as a share of the index's squared norm"), Range(0.0, double.MaxValue)]
    public double TurnoverPenalty { get; init; }
    [Key("what trading a unit of each name costs on top, in the same unit"), Range(0.0, double.MaxValue)]
    public double Cost { get; init; }
    [Key("choose again from the last so many periods, and follow out of sample"), Range(1, int.MaxValue)]
    public int? Window { get; init; }
    [Key("periods between such choices"), Range(1, int.MaxValue)]
    public int Step { get; init; } = 21;
    [Key("share of the periods that is fitted; the rest judges"), Range(0.0, 1.0)]
    public double Split { get; init; } = 1;
    [Key("how many rows a year has (from the dates)"), Range(0.0, double.MaxValue)]
    public double? PeriodsPerYear { get; init; }
    [Key("with constraints: auto tries all sets of names where they are few and else exchanges names, local exchanges them, none "
        + "keeps the pursuit's", Words = "auto local none")]
    public string Refine { get; init; } = "auto";

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Fault)> KeyFaults
    {
        get
        {
            if (Panel is null && Universe is null)
                yield return ("panel", "there is nothing to choose from; give a panel, or a universe of bar files");
            if (Panel is not null && Universe is not null)
                yield return ("universe", "'panel' is given too; give one of them");
            if (Prices && Returns) yield return ("returns", "'prices' is given too; give what the panel holds");
            if (Universe is not null && (Prices || Returns))
                yield return (Prices ? "prices" : "returns", "it says what a panel holds; leave it out with a universe");
        }
    }

    /// <exception cref="InputException">A word is unknown.</exception>
    public TrackRequest ToRequest() => new()
    {
        Options = new PursuitOptions
        {
            MaxNames = MaxStocks,
            Intercept = Intercept,
            NonNegative = NonNegative,
            SumToOne = SumToOne,
            MaxWeight = MaxWeight ?? double.PositiveInfinity,
            MinWeight = MinWeight,
            ResidualThreshold = Residual,
            NormaliseAtoms = Normalise,
            MaxCorrelation = MaxCorrelation,
            // The price per moved unit is the same for every name, so it is added to the penalty.
            TurnoverPenalty = TurnoverPenalty + Cost,
            Refinement = Refine switch
            {
                "auto" => Refinement.Auto,
                "local" => Refinement.LocalSearch,
                "none" => Refinement.None,
                _ => throw new InputException($"--refine {Refine}: use auto, local or none"),
            },
        },
        Window = Window,
        Step = Step,
        Split = Split,
        PeriodsPerYear = PeriodsPerYear,
    };
}
