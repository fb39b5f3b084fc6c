using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

public enum RunEventKind : byte
{
    Signal = 1,
    SignalEnded = 2,
    Entry = 3,
    Trade = 4,
    /// <summary>A fill beyond a trade's first.</summary>
    Fill = 5,
    Financing = 6,
    Split = 7,
    /// <summary>The rest of an entry will not come.</summary>
    EntryEnded = 8,
    /// <summary>An exit at the market was sent before the next signal: its proceeds can pay for that.</summary>
    Exiting = 9,
    /// <summary>The strategy's own account could not pay for an entry, or for a part of it.</summary>
    CashShort = 10,
    /// <summary>What was still to come of an entry was made smaller.</summary>
    EntryCut = 11,
    /// <summary>What was closed of a trade that is open at the end.</summary>
    ClosedPart = 12,
}
