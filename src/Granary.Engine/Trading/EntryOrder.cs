namespace Granary.Engine.Trading;

/// <summary>The order by which a strategy enters that names none itself.</summary>
public enum EntryOrder : byte
{
    /// <summary>At the next open, or at the same close.</summary>
    Market,
    /// <summary>At a price that is better than the signal's close by the offset.</summary>
    Limit,
    /// <summary>Once the market has moved from the signal's close by the offset in the direction of the trade.</summary>
    Stop,
    /// <summary>At the next bar's close.</summary>
    Close,
}
