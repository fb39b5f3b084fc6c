using System.Globalization;
using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Tables;
using Granary.Storage.Files;

namespace Granary.Backtesting.Costs;

/// <summary>Reads fills of another program: a text (CSV) or typed table with a row for each fill.</summary>
internal sealed class FillFile
{
    private static readonly string[]
        s_times = ["time", "timestamp", "date", "datetime", "filled_at", "fill_time", "execution_time", "trade_time",
            "transact_time", "utc"],
        s_symbols = ["symbol", "ticker", "instrument", "pair", "market", "security"],
        s_sides = ["side", "action", "direction", "buy_sell", "b/s", "type_side"],
        s_quantities = ["quantity", "qty", "amount", "size", "filled", "filled_qty", "shares", "executed", "base_quantity"],
        s_prices = ["price", "fill_price", "avg_price", "average_price", "execution_price", "exec_price"],
        s_closes = ["decision_price", "signal_price", "close", "signal_close"],
        s_decided = ["decision_time", "signal_time", "decided_at", "order_time"],
        s_opens = ["open", "next_open", "open_price"],
        s_mids = ["mid", "mid_price", "arrival_price", "arrival"],
        s_bids = ["bid", "bid_price"], s_asks = ["ask", "ask_price", "offer"],
        s_fees = ["fee", "commission", "fees"],
        s_exchanges = ["venue", "exchange", "broker"],
        s_volumes = ["volume", "bar_volume", "market_volume"],
        s_ranges = ["range_bp", "range", "volatility_bp"],
        s_stops = ["stop_price", "trigger_price", "stop"],
        s_types = ["order_type", "type", "liquidity"],
        s_ids = ["id", "execution_id", "exec_id", "trade_id", "fill_id"];

    // No order pays half of its price.
    private const double MostSlippage = 5_000;

    private readonly DataTable _table;
    private readonly string? _symbol;
    private readonly int _time, _named, _side, _quantity, _price, _close, _decided, _open, _mid, _bid, _ask, _fee, _venue, _volume, _range,
        _type, _stop, _id;

    private FillFile(DataTable table, string? symbol, Func<int> symbolAt)
    {
        (_table, _symbol) = (table, symbol);
        _time = table.FirstOf(s_times) is >= 0 and var time ? time : table.NeedTime();
        _side = table.FirstOf(s_sides);
        _named = table.FirstOf(s_symbols);
        if (_named < 0 && symbol is null) _named = symbolAt();
        _quantity = table.FirstOf(s_quantities) is >= 0 and var quantity ? quantity : table.Need("quantity");
        _price = table.FirstOf(s_prices) is >= 0 and var price ? price : table.Need("price");
        (_close, _decided) = (table.FirstOf(s_closes), table.FirstOf(s_decided));
        (_open, _mid) = (table.FirstOf(s_opens), table.FirstOf(s_mids));
        (_bid, _ask, _fee, _venue) = (table.FirstOf(s_bids), table.FirstOf(s_asks), table.FirstOf(s_fees), table.FirstOf(s_exchanges));
        (_volume, _range) = (table.FirstOf(s_volumes), table.FirstOf(s_ranges));
        (_type, _stop, _id) = (table.FirstOf(s_types), table.FirstOf(s_stops), table.FirstOf(s_ids));
        if (_named < 0 && symbol is null)
            throw BarDataException.At(table.Path, 1, "symbol", "there is no such column", "add it, or name the symbol with --symbol");
    }

    /// <summary>Reads a file into a set.</summary>
    /// <param name="symbol">The symbol of a file without such a column; null demands one.</param>
    /// <exception cref="InputException">The file is missing, lacks a column, or a row is wrong; one sentence.</exception>
    public static void Read(string path, PermittedFiles files, TableFormatCatalogue? formats, string? symbol, FillSet into)
    {
        try
        {
            using var table = DataTable.Open(path, files, formats);
            var file = new FillFile(table, symbol, () => SymbolSample.Of(path, files, formats, [], -1,
                name => $"call the column 'symbol' if it names the symbol of each fill, or name the symbol with --symbol"));
            var rows = 0;
            for (; table.Next(); rows++) file.Add(into);
            if (rows == 0) throw BarDataException.At(path, null, null, "there are no lines below the header", "add a line for each fill");
            if (file._id < 0) into.Notes.Add($"{Path.GetFileName(path)} has no column of ids: lines that are equal count once.");
        }
        catch (Exception e) when (e is BarDataException or BarStoreException)
        {
            throw new InputException(e.Message, e);
        }
    }

    private void Add(FillSet into)
    {
        var time = _table.Time(_time);
        var (side, quantity) = Size();
        var price = Positive(_price, "a fill has a price above 0");
        var symbol = _named < 0 ? _symbol! : _table.Text(_named);
        if (symbol.Length == 0) throw Fault(_named, "the symbol is missing", "write it on each line");
        var fill = new MeasuredFill(time, symbol, side, quantity, price, _venue < 0 ? "" : _table.Text(_venue).ToLowerInvariant())
        {
            Place = $"{_table.Path}, {_table.Place}",
            Fee = Optional(_fee),
            DecidedAt = _decided < 0 || _table.IsEmpty(_decided) ? 0 : _table.Time(_decided),
            Close = Reference(_close, price),
            Open = Reference(_open, price),
            Mid = Mid(price),
            Volume = NotNegative(_volume),
            Range = NotNegative(_range),
        };
        if (fill.DecidedAt > time) throw Fault(_decided, "the order was decided after it filled", "correct one of the two times");
        if (!into.IsNew(Identity(fill))) return;
        var (reason, isStop) = Type(_type < 0 ? "" : _table.Text(_type));
        var hasStop = _stop >= 0 && !_table.IsEmpty(_stop) && _table.Number(_stop) != 0;
        if (reason is not null) into.Leave(reason);
        // Exports write a stop price of 0 for orders without one.
        else if (isStop == false || !hasStop && isStop is null) into.Fills.Add(fill);
        else if (!hasStop) into.Leave("of stop orders without a stop price");
        else into.Fills.Add(fill with { Stop = Reference(_stop, price), StopFrom = fill.DecidedAt });
    }

    private string Identity(MeasuredFill fill) => _id >= 0 && !_table.IsEmpty(_id) ? $"{fill.Venue}\n{fill.Symbol}\n{_table.Text(_id)}"
        : string.Join('\n', Enumerable.Range(0, _table.Names.Count).Select(_table.Text));

    private (Side Side, double Quantity) Size()
    {
        var quantity = _table.Number(_quantity);
        if (quantity == 0) throw Fault(_quantity, "the quantity is 0", "remove the line, or correct it");
        if (_side < 0 || _table.IsEmpty(_side))
            return _side < 0 && quantity < 0 ? (Side.Sell, -quantity) : _side < 0 ? (Side.Buy, quantity)
                : throw Fault(_side, "the side is missing", "write buy or sell");
        var side = _table.Text(_side).ToUpperInvariant() switch
        {
            "BUY" or "B" or "BOT" or "LONG" or "1" or "COVER" or "BUY_TO_COVER" => Side.Buy,
            "SELL" or "S" or "SLD" or "SHORT" or "-1" or "SELL_SHORT" or "SSHORT" => Side.Sell,
            _ => throw Fault(_side, $"'{_table.Text(_side)}' is not a side", "write buy or sell"),
        };
        return quantity < 0 && side == Side.Buy
            ? throw Fault(_quantity, Text($"a buy of {quantity} is negative"), "write it above 0")
            : (side, Math.Abs(quantity));
    }

    // Why an order is left out; else whether it is a stop: null if its stop price decides.
    private static (string? Reason, bool? IsStop) Type(string type) => type.ToUpperInvariant().Replace('-', '_').Replace(' ', '_') switch
    {
        "LIMIT" or "MAKER" or "M" or "LMT" or "POST_ONLY" => (OrderKinds.Limit, false),
        "STOP_LIMIT" or "STOP_LOSS_LIMIT" or "STP_LMT" => (OrderKinds.StopLimit, false),
        "TAKE_PROFIT" or "TAKE_PROFIT_LIMIT" or "TAKE_PROFIT_MARKET" or "TARGET" => (OrderKinds.Target, false),
        "STOP" or "STP" or "STOP_MARKET" or "STOP_LOSS" or "TRAILING_STOP" or "TRAIL" or "TRAILING_STOP_MARKET" => (null, true),
        "MARKET" or "MKT" => (null, false),
        _ => (null, null),
    };

    private double Optional(int column) => column < 0 || _table.IsEmpty(column) ? double.NaN : _table.Number(column);

    private double Positive(int column, string rule) => _table.Number(column) is > 0 and var value ? value
        : throw Fault(column, Text($"{_table.Number(column)} is not positive"), rule);

    private double NotNegative(int column) => Optional(column) is var value && value < 0
        ? throw Fault(column, Text($"{value} is negative"), "leave it empty, or correct it") : value;

    private double Reference(int column, double price)
    {
        if (column < 0 || _table.IsEmpty(column)) return double.NaN;
        var reference = Positive(column, "leave it empty, or correct it");
        return Math.Abs(price / reference - 1) * CostStudy.Points <= MostSlippage ? reference
            : throw Fault(column, Text($"the fill at {price} is more than half away from {reference}"),
                "give both in the same unit, or remove the line");
    }

    private double Mid(double price)
    {
        var mid = Reference(_mid, price);
        if (!double.IsNaN(mid) || _bid < 0 || _ask < 0 || _table.IsEmpty(_bid) || _table.IsEmpty(_ask)) return mid;
        var (bid, ask) = (Reference(_bid, price), Reference(_ask, price));
        return bid <= ask ? (bid + ask) / 2
            : throw Fault(_bid, Text($"the bid {bid} is above the ask {ask}"), "exchange the columns");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private BarDataException Fault(int column, string fault, string remedy) =>
        _table.Fault(column < 0 ? null : _table.Names[column], fault, remedy);
}
