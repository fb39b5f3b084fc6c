namespace Granary.Engine.Trading;

/// <summary>Kinds of <see cref="RunEvent"/>. An event has one; a listener names several.</summary>
[Flags]
internal enum RunEventKinds : uint
{
    None = 0,
    Signal = 1,
    /// <summary>A signal ended without a trade.</summary>
    SignalEnded = 1 << 1,
    /// <summary>
    /// The first fill of a trade. Also its other fills if it has several, if a bar's volume bounds fills, or if an order's fees do not
    /// follow from its size. Without them, the fill that closes the trade follows from its <see cref="Trade"/>.
    /// </summary>
    Fill = 1 << 2,
    /// <summary>A trade was closed in full, or is still open at the end (<see cref="ExitReason.Open"/>).</summary>
    Trade = 1 << 3,
    /// <summary>The closed part of a trade that is open at the end; comes before the open part as a <see cref="Trade"/>.</summary>
    ClosedPart = 1 << 4,
    /// <summary>An open trade has brought or cost cash.</summary>
    Financing = 1 << 5,
    /// <summary>The shares of an open trade were split.</summary>
    Split = 1 << 6,
    /// <summary>The rest of a trade's entry is not filled any more.</summary>
    EntryEnded = 1 << 7,
    /// <summary>An entry was reduced to the quantity that the account can pay for; after its signal, or before its fill.</summary>
    EntryCut = 1 << 8,
    /// <summary>An exit of an open trade was sent at a bar's close.</summary>
    Exiting = 1 << 9,
    /// <summary>The strategy's own account could not pay for an entry, or for a part of it.</summary>
    CashShort = 1 << 10,
    /// <summary>
    /// An entry, an exit or a manual order was made, or changed its state in the simulated account. Stops and targets are part of the
    /// entry.
    /// </summary>
    Order = 1 << 11,
    /// <summary>A strategy moved the stop of an open trade.</summary>
    StopMoved = 1 << 12,
    /// <summary>The levels that protect an open trade were set or changed.</summary>
    Levels = 1 << 13,
    /// <summary>A strategy asked to close an open trade, which its settings keep open.</summary>
    ExitRefused = 1 << 14,
    /// <summary>An open trade has moved from one contract to the next.</summary>
    Roll = 1 << 15,
    /// <summary>The events that a log keeps, from which an account can follow the run.</summary>
    Logged = Signal | SignalEnded | Fill | Trade | ClosedPart | Financing | Split | EntryEnded | EntryCut | Exiting | CashShort | StopMoved
        | Roll,
    All = Logged | Order | Levels | ExitRefused,
}
