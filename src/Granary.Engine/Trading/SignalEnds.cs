namespace Granary.Engine.Trading;

/// <summary>How many of a strategy's signals ended without a trade, by reason.</summary>
public readonly record struct SignalEnds(int Expired = 0, int Cancelled = 0, int NoCash = 0, int NoQuantity = 0, int NoStop = 0,
    int Unfilled = 0)
{
    public int Total => Expired + Cancelled + NoCash + NoQuantity + NoStop + Unfilled;

    public SignalEnds Plus(SignalEnd end) => end switch
    {
        SignalEnd.Expired => this with { Expired = Expired + 1 },
        SignalEnd.Cancelled => this with { Cancelled = Cancelled + 1 },
        SignalEnd.NoCash => this with { NoCash = NoCash + 1 },
        SignalEnd.NoQuantity => this with { NoQuantity = NoQuantity + 1 },
        SignalEnd.NoStop => this with { NoStop = NoStop + 1 },
        SignalEnd.Unfilled => this with { Unfilled = Unfilled + 1 },
    };

    public static SignalEnds operator +(SignalEnds a, SignalEnds b) =>
        new(a.Expired + b.Expired, a.Cancelled + b.Cancelled, a.NoCash + b.NoCash,
        a.NoQuantity + b.NoQuantity, a.NoStop + b.NoStop, a.Unfilled + b.Unfilled);
}
