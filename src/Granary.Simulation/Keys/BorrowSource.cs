using Granary.Engine.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Keys;

/// <summary>The rule for a short entry beyond the quantity that can be borrowed.</summary>
internal enum BorrowShortage : byte
{
    /// <summary>It is refused.</summary>
    Refuse,
    /// <summary>It is made smaller.</summary>
    Cut,
}

/// <summary>The rule for short positions beyond the quantity that can be borrowed.</summary>
internal enum BorrowRecall : byte
{
    /// <summary>They stay, and no entry adds to them.</summary>
    Block,
    /// <summary>They are closed to what can be borrowed.</summary>
    Close,
}

/// <summary>The table of fees and availability of shorts: <c>data.borrow</c>, a file or an object of these keys.</summary>
internal sealed record BorrowSource
{
    [Key("a table of `time,symbol,fee,available` and optional `known`: the fee in percent per year, and `yes`, `no` or the quantity that "
        + "an account can borrow in all", Offers = "file", Without = "required")]
    public required Address Source { get; init; }

    [Key("time from the stamp of a row until it is known, such as `90m` or `1d`; rows with a time in the column `known` have none",
        Without = "none")]
    public TimeSpan? Delay { get; init; }

    [Key("a short entry beyond what can be borrowed: `refuse` it (`not-shortable`), or `cut` it to that")]
    public BorrowShortage OnShortage { get; init; }

    [Key("what is held short beyond what can be borrowed: `block` lets it stay and refuses entries, `close` closes it (`recalled`)")]
    public BorrowRecall OnRecall { get; init; }
}
