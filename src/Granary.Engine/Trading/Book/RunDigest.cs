using Granary.Engine.Analysis;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// The digest of a book's events. Each event has a method, which writes its tag and its numbers; changing a tag or an order changes
/// every digest that users have.
/// </summary>
internal struct RunDigest()
{
    private DigestState _digest = new();

    public readonly UInt128 Value => _digest.Value;

    /// <summary>A strategy asked for an entry.</summary>
    /// <param name="stop">0 = none.</param>
    /// <param name="prediction">The model's; NaN where none was asked.</param>
    public void Signal(int number, Side side, long time, double stop, double target, double prediction, double sizeFactor)
    {
        FillSignal(number, side, time);
        if (stop > 0 || target > 0) _digest.Add(stop, target);
        if (!double.IsNaN(prediction)) _digest.Add(prediction, sizeFactor);
    }

    /// <summary>Adds a manual order that opened a trade with its fill.</summary>
    public void FillSignal(int number, Side side, long time) => Tag(number, (byte)side, time);

    public void SignalEnded(int number, SignalEnd end, long time) => Tag(number, (byte)(0x80 | (byte)end), time);

    public void Entered(int number, Side side, long time, double price, double quantity) =>
        Add(number, (byte)(0x40 | unchecked((byte)side)), time, price, quantity);

    public void Increased(int number, long time, double price, double quantity) => Add(number, 0x10, time, price, quantity);

    public void Reduced(int number, long time, double price, double quantity) => Add(number, 0x20, time, price, quantity);

    public void Financed(int number, FinancingKind kind, long time, double amount, double cash) =>
        Add(number, (byte)(0x30 | (byte)kind), time, amount, cash);

    public void Split(int number, long time, double ratio, double quantity) => Add(number, 0x38, time, ratio, quantity);

    public void Rolled(in RollEvent roll)
    {
        Add(roll.Number, 0x39, roll.Time, roll.OldPrice, roll.NewPrice);
        _digest.Add(roll.Quantity, roll.Commission);
    }

    public void Closed(int number, ExitReason reason, long time, double exitPrice, double net) =>
        Add(number, (byte)(0x60 | (byte)reason), time, exitPrice, net);

    /// <summary>A trade is open when the run ends.</summary>
    public void StaysOpen(int number, long time, double price, double profit) => Add(number, 0x60, time, price, profit);

    public void Equity(in EquitySums sums) => sums.AddTo(ref _digest);

    private void Add(int number, byte tag, long time, double x, double y)
    {
        Tag(number, tag, time);
        _digest.Add(x, y);
    }

    private void Tag(int number, byte tag, long time) => _digest.Add((ulong)(uint)number << 8 | tag, (ulong)time);
}
