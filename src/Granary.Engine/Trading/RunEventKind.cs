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
    /// <summary>The remainder of an entry was cancelled.</summary>
    EntryEnded = 8,
    /// <summary>A market exit was sent before the next signal, which its proceeds can pay for.</summary>
    Exiting = 9,
    /// <summary>The strategy's own account could not pay for an entry, or for a part of it.</summary>
    CashShort = 10,
    /// <summary>The outstanding quantity of an entry was reduced.</summary>
    EntryCut = 11,
    /// <summary>The closed part of a trade that is open at the end.</summary>
    ClosedPart = 12,
}
