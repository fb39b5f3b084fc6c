using System.Globalization;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.Lean;

/// <summary>
/// LEAN's factor file: rows of date, price factor, split factor and closing price. Each row holds up to and including its date. A raw price
/// times both factors is comparable with today's price.
/// </summary>
internal sealed class LeanFactorFile
{
    private readonly int[] _day;
    private readonly double[] _price, _split, _reference;
    private int _at;

    private LeanFactorFile(List<(int Day, double Price, double Split, double Reference)> rows)
    {
        rows.Sort((a, b) => a.Day.CompareTo(b.Day));
        _day = [.. rows.Select(r => r.Day)];
        _price = [.. rows.Select(r => r.Price)];
        _split = [.. rows.Select(r => r.Split)];
        _reference = [.. rows.Select(r => r.Reference)];
    }

    /// <param name="files">The files that may be opened; null = all.</param>
    /// <exception cref="BarDataException">A row is not a date and three numbers.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static LeanFactorFile Read(string path, PermittedFiles? files = null)
    {
        string[] lines;
        try
        {
            lines = (files ?? PermittedFiles.All).ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Granary.Data.Files.FileFaults.Reading(path, e);
        }
        var rows = new List<(int, double, double, double)>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length == 0) continue;
            var f = lines[i].Split(',');
            if (f.Length < 3
                || !DateOnly.TryParseExact(f[0].Trim(), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                || !TryNumber(f[1], out var price) || !TryNumber(f[2], out var split) || price <= 0 || split <= 0)
                throw BarDataException.At(path, i + 1, null, "this is not a factor row",
                    "write it as yyyyMMdd,price factor,split factor,reference price");
            _ = TryNumber(f.Length > 3 ? f[3] : "0", out var reference);
            rows.Add((date.DayNumber, price, split, reference));
        }
        return new LeanFactorFile(rows);
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>Returns the factor by which a raw price of this day is multiplied.</summary>
    /// <param name="day">Days since 0001-01-01.</param>
    public double FactorOn(int day)
    {
        if (_day.Length == 0) return 1;
        // Bars come in order, so the cached row is almost always right.
        var i = _at < _day.Length && (_at == 0 || _day[_at - 1] < day) && _day[_at] >= day ? _at : Find(day);
        _at = Math.Min(i, _day.Length - 1);
        return i >= _day.Length ? 1 : _price[i] * _split[i];
    }

    private int Find(int day)
    {
        var i = Array.BinarySearch(_day, day);
        return i >= 0 ? i : ~i;
    }

    /// <summary>
    /// The splits and dividends that the factors imply, oldest first. A dividend, per share before a split of the same date, follows from
    /// the step of the price factor and the close before it: close × (1 − before / after).
    /// </summary>
    public IReadOnlyList<CorporateAction> Actions()
    {
        var actions = new List<CorporateAction>();
        for (var i = 0; i + 1 < _day.Length; i++)
        {
            var ex = (_day[i] + 1L) * TimeSpan.TicksPerDay;
            var ratio = _split[i + 1] != _split[i] ? _split[i + 1] / _split[i] : 1;
            var dividend = _price[i + 1] != _price[i] && _reference[i] > 0 ? _reference[i] * (1 - _price[i] / _price[i + 1]) : 0;
            if (ratio != 1 || dividend != 0) actions.Add(new CorporateAction(ex, ratio, dividend));
        }
        return actions;
    }
}
