using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>
/// The bytes of an event in a log: a head, the bytes of its record, and the factor values of a signal, eight bytes each, little-endian. The
/// records have no padding, so equal events have equal bytes. A new field of a record is in the log without further code.
/// </summary>
internal static class EventEncoding
{
    /// <summary>The length of the longest event without factor values.</summary>
    public static readonly int MostLength = HeadLength + Math.Max(Unsafe.SizeOf<Signal>(), Unsafe.SizeOf<Trade>());

    private const int HeadLength = 8;

    [StructLayout(LayoutKind.Sequential, Pack = 1, Size = HeadLength)]
    private readonly record struct Head(RunEventKinds Kind, ushort Symbol, ushort Factors);

    /// <summary>Writes an event; its factor values follow.</summary>
    /// <param name="factors">How many factor values follow.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="InvalidOperationException">A log keeps no events of this kind.</exception>
    public static int Write(in RunEvent e, int factors, Span<byte> target)
    {
        MemoryMarshal.Write(target, new Head(e.Kind, (ushort)e.SymbolIndex, (ushort)factors));
        var record = target[HeadLength..];
        return HeadLength + e.Kind switch
        {
            RunEventKinds.Signal => Put(e.Signal, record),
            RunEventKinds.SignalEnded => Put(e.SignalEnded, record),
            RunEventKinds.Fill => Put(e.Fill, record),
            RunEventKinds.Trade or RunEventKinds.ClosedPart => Put(e.Trade, record),
            RunEventKinds.Financing => Put(e.Financing, record),
            RunEventKinds.Split => Put(e.Split, record),
            RunEventKinds.EntryEnded => Put(e.EntryEnded, record),
            RunEventKinds.EntryCut => Put(e.EntryCut, record),
            RunEventKinds.Exiting => Put(e.Exiting, record),
            RunEventKinds.CashShort => Put(e.CashShort, record),
            RunEventKinds.StopMoved => Put(e.StopMoved, record),
            RunEventKinds.Roll => Put(e.Roll, record),
            _ => throw new InvalidOperationException($"a log keeps no {e.Kind}"),
        };
    }

    private static int Put<T>(in T record, Span<byte> target) where T : unmanaged
    {
        MemoryMarshal.Write(target, record);
        return Unsafe.SizeOf<T>();
    }

    /// <summary>Reads the event at the beginning of some bytes; its factor values follow.</summary>
    /// <param name="factors">How many factor values follow.</param>
    /// <param name="length">The length of the event without them.</param>
    /// <exception cref="InvalidDataException">The bytes end within the event, or are none.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, out RunEvent e, out int factors, out int length)
    {
        var head = HeadOf(bytes, out length);
        factors = head.Factors;
        var symbol = head.Symbol;
        var record = bytes[HeadLength..];
        e = head.Kind switch
        {
            RunEventKinds.Signal => RunEvent.Of(MemoryMarshal.AsRef<Signal>(record), symbol),
            RunEventKinds.SignalEnded => RunEvent.Of(MemoryMarshal.AsRef<SignalEndedEvent>(record), symbol),
            RunEventKinds.Fill => RunEvent.Of(MemoryMarshal.AsRef<TradeFill>(record), symbol),
            RunEventKinds.Trade => RunEvent.Of(MemoryMarshal.AsRef<Trade>(record)),
            RunEventKinds.ClosedPart => RunEvent.OfPart(MemoryMarshal.AsRef<Trade>(record)),
            RunEventKinds.Financing => RunEvent.Of(MemoryMarshal.AsRef<FinancingEvent>(record), symbol),
            RunEventKinds.Split => RunEvent.Of(MemoryMarshal.AsRef<SplitEvent>(record), symbol),
            RunEventKinds.EntryEnded => RunEvent.Of(MemoryMarshal.AsRef<EntryEndedEvent>(record), symbol),
            RunEventKinds.EntryCut => RunEvent.Of(MemoryMarshal.AsRef<EntryCutEvent>(record), symbol),
            RunEventKinds.Exiting => RunEvent.Of(MemoryMarshal.AsRef<ExitingEvent>(record), symbol),
            RunEventKinds.StopMoved => RunEvent.Of(MemoryMarshal.AsRef<StopMovedEvent>(record), symbol),
            RunEventKinds.Roll => RunEvent.Of(MemoryMarshal.AsRef<RollEvent>(record), symbol),
            _ => RunEvent.Of(MemoryMarshal.AsRef<CashShortEvent>(record), symbol),
        };
    }

    /// <summary>Counts the event at the beginning of some bytes, without reading all of it.</summary>
    /// <param name="length">The length of the event with its factor values.</param>
    /// <exception cref="InvalidDataException">The bytes end within the event, or are none.</exception>
    public static EventTally Count(ReadOnlySpan<byte> bytes, in EventTally tally, out int length)
    {
        var head = HeadOf(bytes, out length);
        length += head.Factors * sizeof(double);
        var isOpen = head.Kind is RunEventKinds.Trade or RunEventKinds.ClosedPart
            && MemoryMarshal.AsRef<Trade>(bytes[HeadLength..]).Reason == ExitReason.Open;
        return tally.With(head.Kind, isOpen);
    }

    private static Head HeadOf(ReadOnlySpan<byte> bytes, out int length)
    {
        if (bytes.Length < HeadLength) throw Cut();
        var head = MemoryMarshal.Read<Head>(bytes);
        length = HeadLength + head.Kind switch
        {
            RunEventKinds.Signal => Unsafe.SizeOf<Signal>(),
            RunEventKinds.SignalEnded => Unsafe.SizeOf<SignalEndedEvent>(),
            RunEventKinds.Fill => Unsafe.SizeOf<TradeFill>(),
            RunEventKinds.Trade or RunEventKinds.ClosedPart => Unsafe.SizeOf<Trade>(),
            RunEventKinds.Financing => Unsafe.SizeOf<FinancingEvent>(),
            RunEventKinds.Split => Unsafe.SizeOf<SplitEvent>(),
            RunEventKinds.EntryEnded => Unsafe.SizeOf<EntryEndedEvent>(),
            RunEventKinds.EntryCut => Unsafe.SizeOf<EntryCutEvent>(),
            RunEventKinds.Exiting => Unsafe.SizeOf<ExitingEvent>(),
            RunEventKinds.CashShort => Unsafe.SizeOf<CashShortEvent>(),
            RunEventKinds.StopMoved => Unsafe.SizeOf<StopMovedEvent>(),
            RunEventKinds.Roll => Unsafe.SizeOf<RollEvent>(),
            _ => throw new InvalidDataException($"the log of a strategy's events has one of the unknown kind {(int)head.Kind}"),
        };
        return bytes.Length < length + head.Factors * sizeof(double) ? throw Cut() : head;
    }

    private static InvalidDataException Cut() => new("the log of a strategy's events ends in the middle of one");
}
