using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>Detects the roles of columns from their names, in the spellings of common exporters.</summary>
internal static class HeaderColumns
{
    private static readonly string[] TimeNames =
        ["candledatetimeutc",
            "timestamp", "timestamputc", "timeutc", "datetime", "datetimeutc", "utc", "opentime", "opentimestamp", "gmttime", "localtime",
            "dateandtime", "date", "day", "time", "ts", "t", "dt", "unix", "unixtime", "unixtimestamp", "epoch", "index", "bartime",
            "startsat", "period", "windowstart", "tsevent", "timeeet", "timeleft", "dtyyyymmdd", "observationdate", "tradedate", "date1",
            "datadate", "dlycaldt", "caldt", "traddt", "bizdt", "rptdt", "exchangedate", "pricedate", "pricingdate", "quotedate",
            "tradingdate", "asofdate", "timeperiodstart", "日期", "时间", "交易日期", "날짜", "일자", "日付",
            // pandas names an index without a name so.
            "indexlevel0"];

    private static readonly (ColumnRole Role, string[] Spellings)[] Prices =
    [
        (ColumnRole.Open, ["open", "o", "openprice", "priceopen", "first", "openprc", "opnpric", "frstpric", "pxopen",
            "prcod", "dlyopen", "openingprice", "openpx", "开盘", "开盘价", "시가", "始値"]),
        (ColumnRole.High, ["high", "h", "highprice", "pricehigh", "max", "askhi", "hghpric", "maxpric", "pxhigh", "prchd",
            "dlyhigh", "highpx", "maxprice", "最高", "最高价", "고가", "高値"]),
        (ColumnRole.Low, ["low", "l", "lowprice", "pricelow", "min", "bidlo", "lwpric", "minpric", "pxlow", "prcld", "dlylow",
            "lowpx", "minprice", "最低", "最低价", "저가", "安値"]),
        (ColumnRole.Close, ["close", "c", "closeprice", "priceclose", "last", "closelast", "price", "latest", "settle", "prc",
            "clspric", "lastpric", "pxlast", "prccd", "dlyclose", "closingprice", "closepx", "tradeprice", "lastprice", "收盘", "收盘价",
            "종가", "終値"]),
        (ColumnRole.AdjustedClose, ["adjclose", "adjustedclose", "adjcloseprice", "closeadj", "closeadjusted", "adj", "adjustmentclose"]),
        (ColumnRole.Volume, ["volume", "v", "vol", "tickvolume", "tickvol", "totalvolume", "tradedvolume", "basevolume", "volumebase",
            "tottrdqty", "ttltrdqnty", "ttltradgvol", "pxvolume", "cshtrd", "dlyvol", "qty", "volumefrom", "candleacctradevolume", "成交量",
            "거래량", "出来高"]),
    ];

    /// <summary>Returns the roles of the columns, and the names of missing columns.</summary>
    /// <param name="english">Translates a plain name; null for a header in English.</param>
    public static ColumnRole[] Assign(FileSample sample, out List<string> missing, out List<string> notes,
        Func<string, string>? english = null)
    {
        var names = sample.Header.Select(FileSample.Plain).Select(name => english is null ? name : english(name)).ToList();
        var roles = new ColumnRole[names.Count];
        missing = [];
        notes = [];

        foreach (var (role, spellings) in Prices)
        {
            var column = -1;
            foreach (var spelling in spellings)
                if (column < 0)
                    column = names.FindIndex(n => n == spelling);
            if (column < 0 && role == ColumnRole.Volume)
            {
                column = names.FindIndex(n => n.StartsWith("volume", StringComparison.Ordinal));
                if (column >= 0) notes.Add($"the column '{sample.Header[column]}' was taken as the volume");
            }
            if (role == ColumnRole.Volume) column = OrTicks(sample, names, column, notes);
            if (column >= 0) roles[column] = role;
            else if (role is not (ColumnRole.AdjustedClose or ColumnRole.Volume)) missing.Add(role.ToString().ToLowerInvariant());
        }

        var date = names.FindIndex(n => n is "date" or "dtyyyymmdd");
        var clock = names.FindIndex(n => n is "time" or "timeofday" or "hhmmss");
        // Two columns form one time, unless one of them has all of it: a date with its time, or a full time beside a date.
        if (date >= 0 && clock >= 0 && !HasTimeOfDay(sample, date) && !IsWholeTime(sample, clock))
        {
            roles[date] = ColumnRole.Time;
            roles[clock] = ColumnRole.TimeOfDay;
        }
        else
        {
            var column = -1;
            foreach (var name in TimeNames)
                if (column < 0)
                    column = names.FindIndex(n => n == name);
            // pandas leaves the header of its index empty.
            if (column < 0 && names.Count > 0 && names[0].Length == 0) column = 0;
            if (column < 0) column = TimesUnderAnotherName(sample, names, roles);
            if (column >= 0) roles[column] = ColumnRole.Time;
            else missing.Insert(0, "time");
        }

        return roles;
    }

    /// <summary>The role of a name by itself, for records whose members are named; <see cref="ColumnRole.Skip"/> for none.</summary>
    /// <param name="rank">The lower, the more certain, among the names of one role.</param>
    public static ColumnRole RoleOf(string plain, out int rank)
    {
        rank = Array.IndexOf(TimeNames, plain);
        if (rank >= 0) return ColumnRole.Time;
        foreach (var (role, spellings) in Prices)
            if ((rank = Array.IndexOf(spellings, plain)) >= 0) return role;
        return ColumnRole.Skip;
    }

    // A column named as some date or time, in which all values are times.
    private static int TimesUnderAnotherName(FileSample sample, List<string> names, ColumnRole[] roles) =>
        names.FindIndex(n => (n.EndsWith("date", StringComparison.Ordinal) || n.EndsWith("time", StringComparison.Ordinal)
                || n.EndsWith("timestamp", StringComparison.Ordinal) || n.EndsWith("dt", StringComparison.Ordinal))
            && names.IndexOf(n) is var i && roles[i] == ColumnRole.Skip && sample.Column(i) is { Count: > 0 } values
            && values.Count >= sample.Rows.Count && TimestampStyle.Detect(values, out _) is not null);

    /// <summary>
    /// Whether a table has a close and no other price, such as a fund's or a FRED series. In a table of two columns, the one beside the
    /// time is assigned the role of close, whatever its name.
    /// </summary>
    public static bool HasOnePrice(FileSample sample, ColumnRole[] roles)
    {
        if (!roles.Contains(ColumnRole.Time) || roles.Any(r => r is ColumnRole.Open or ColumnRole.High or ColumnRole.Low)) return false;
        if (roles.Contains(ColumnRole.Close)) return true;
        if (roles is not [ColumnRole.Time, ColumnRole.Skip] || !IsNumbers(sample, 1)) return false;
        roles[1] = ColumnRole.Close;
        return true;
    }

    private static bool IsNumbers(FileSample sample, int column) => sample.Column(column) is { Count: > 0 } values
        && values.TrueForAll(v => v.AsSpan().ContainsAnyInRange((byte)'0', (byte)'9') || v is [(byte)'.']
            || v.AsSpan().SequenceEqual("null"u8));

    // MetaTrader writes the tick volume beside the real volume, which is empty for instruments that are not listed on an exchange.
    private static int OrTicks(FileSample sample, List<string> names, int volume, List<string> notes)
    {
        var ticks = names.FindIndex(n => n is "tickvolume" or "tickvol");
        if (ticks < 0 || volume != ticks && volume >= 0
            && sample.Column(volume).Any(v => v.AsSpan().ContainsAnyInRange((byte)'1', (byte)'9'))) return volume;
        notes.Add(BarNotes.TickVolume(sample.Header[ticks]));
        return ticks;
    }

    private static bool HasTimeOfDay(FileSample sample, int column)
    {
        var values = sample.Column(column);
        return TimestampStyle.Detect(values, out _) is { } style && new TimestampReader(style).TryRead(values[0], out var t) && t.HasTime;
    }

    private static bool IsWholeTime(FileSample sample, int column) => TimestampStyle.Detect(sample.Column(column), out _) is not null;

    /// <summary>Whether a column holds times of day.</summary>
    public static bool IsTimeOfDay(FileSample sample, int column)
    {
        var values = sample.Column(column);
        return values.Count > 0 && TimeOfDayText.TryRead(values[0], out _, out var used) && used == values[0].Length;
    }

    /// <summary>The text of the symbol column in the first row.</summary>
    public static byte[]? Symbol(FileSample sample, ColumnRole[] roles)
    {
        var column = Array.IndexOf(roles, ColumnRole.Symbol);
        return column < 0 || sample.Rows.Count == 0 || sample.Rows[0].Count <= column ? null
            : Encoding.UTF8.GetBytes(sample.Rows[0][column].Trim());
    }
}
