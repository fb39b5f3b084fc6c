using Granary.Engine.Market;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>An instrument of an account of several books: its last price, and the positions of all books in it.</summary>
/// <param name="foreign">The balance in its currency; null if that is the account's own.</param>
internal sealed class AccountMarket(Instrument instrument, ExecutionSettings execution, ForeignBalance? foreign)
{
    private readonly PositionTree _positions = new();
    private readonly List<StrategyBook> _books = [];

    public Instrument Instrument => instrument;

    public ForeignBalance? Foreign => foreign;

    public BuyingPower Power { get; } = new(instrument, execution.For(instrument.Symbol));

    public FillRule Fills { get; } = new(instrument, execution.For(instrument.Symbol));

    public PositionMargin Margin { get; } = new(instrument, execution.For(instrument.Symbol));

    /// <summary>The last close, at which the account counts its positions; quote currency.</summary>
    public double Price { get; set; }

    /// <summary>The value of one unit of its currency in the account's, at the rate of now.</summary>
    public double Rate => foreign?.Rate ?? 1;

    // Of the last bars of several timeframes.
    private readonly BarVolume[] _volumes = [new(), new(), new(), new()];

    /// <summary>The volume of bars that open at a time, and the part of it that its books have filled.</summary>
    public ref BarVolume VolumeOf(long open)
    {
        var oldest = 0;
        for (var i = 0; i < _volumes.Length; i++)
        {
            if (_volumes[i].Bar == open) return ref _volumes[i];
            if (_volumes[i].Bar < _volumes[oldest].Bar) oldest = i;
        }
        return ref _volumes[oldest];
    }

    /// <summary>Its books in the order of their making.</summary>
    public IReadOnlyList<StrategyBook> Books => _books;

    /// <summary>The number of open trades.</summary>
    public int OpenTrades { get; set; }

    /// <summary>The positions of all books.</summary>
    public ref readonly PositionSums Sums => ref _positions.Sum;

    /// <summary>Longs plus shorts at the last close, account currency.</summary>
    public double GrossValue => ValueOf(Sums.Gross);

    /// <summary>The value of a quantity at the last close, account currency, whatever the sign of the price.</summary>
    public double ValueOf(double quantity) => quantity * Math.Abs(Price) * instrument.Multiplier * Rate;

    /// <summary>Adds a book.</summary>
    /// <returns>Its place, by which it sets its positions.</returns>
    public int Add(StrategyBook book)
    {
        _books.Add(book);
        return _books.Count - 1;
    }

    /// <summary>Sets the positions of a book.</summary>
    public void Set(int place, in PositionSums sums) => _positions.Set(place, sums);
}
