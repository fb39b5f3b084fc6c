using System.Collections.Frozen;
using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// Finds the column that tells the markets of a table apart: by the names that vendors give it, or by the user's word. A column of texts
/// that changes as symbols do, under a different name, is asked about, so no series is made of several markets.
/// </summary>
internal static class SymbolColumns
{
    // In order of preference: permanent identifiers, then tickers and codes of one listing, then names.
    private static readonly string[] Names =
    [
        "permno", "symbol", "ticker", "tic", "tickersymbol", "stocksymbol", "tradingsymbol", "symbolname", "sym", "ric", "tckrsymb",
        "tscode", "instrument", "instrumentid", "instid", "instrumenttoken", "finstrmid", "fininstrmid", "pair", "tradingpair",
        "localsymbol", "rootsymbol", "underlyingsymbol", "tickercode", "contract", "contractname", "contractcode", "code", "stockcode",
        "securitycode", "sccode", "scripcode", "scrip", "symb", "stockid", "securityid", "secid", "assetid", "instrumentcode", "conid",
        "token", "epic", "isin", "cusip", "sedol", "wkn", "figi", "valor", "gvkey", "permco", "lpermno", "id", "asset", "security", "stock", "share", "coin",
        "cryptocurrency", "crypto", "currencypair", "product", "productcode", "productid", "commodity", "index", "indexname", "etf", "fund",
        "fundname", "market", "marketname", "name", "stockname", "securityname", "companyname", "company", "conm", "comnam", "issuer",
        "scname", "fininstrmnm", "codneg", "secucode", "wertpapier", "aktie", "kürzel", "codigo", "código", "ativo", "titre", "valeur",
        "titolo", "股票代码", "证券代码", "代码", "股票名称", "名称", "證券代號", "股票代號", "종목코드", "종목명", "銘柄コード", "コード", "銘柄",
    ];

    private static readonly FrozenSet<string> ContractNames = FrozenSet.Create(StringComparer.Ordinal, "expiry", "expirydt", "expirydate",
        "expiration", "expirationdate", "expdate", "xprydt", "maturity", "maturitydate", "deliverymonth", "contractmonth", "strike",
        "strikeprice", "strikepr", "strkpric", "optiontype", "optiontyp", "optntp", "callput", "putcall", "cpflag");

    private static readonly string[] KeyEndings = ["id", "key", "code", "no", "nr", "num", "number", "cik"];

    // Words that recur in the rows of one market.
    private static readonly FrozenSet<string> Flags = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "true", "false", "yes", "no", "y", "n", "t", "f", "buy", "sell", "hold", "long", "short", "flat", "up", "down", "none", "null",
        "nan", "na", "n/a", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january", "february",
        "march", "april", "june", "july", "august", "september", "october", "november", "december", "q1", "q2", "q3", "q4", "green", "red",
        "bull", "bear", "bullish", "bearish", "rth", "eth", "pre", "post", "regular", "premarket", "postmarket", "afterhours");

    /// <summary>Returns the layout with the column of symbols, if the table has one.</summary>
    /// <exception cref="BarDataException">A column may hold the symbols, or the column that the user named does not exist.</exception>
    public static RowLayout Decided(RowLayout layout, FileSample sample, BarFileOptions options)
    {
        if (layout.Markets is not null || sample.Rows.Count == 0) return layout;
        if (options.Columns?.Symbol is { } chosen)
        {
            var cleared = layout.Columns.Select(r => r == ColumnRole.Symbol ? ColumnRole.Skip : r).ToArray();
            return chosen.Length == 0 ? layout with { Columns = cleared, Symbol = null }
                : With(layout with { Columns = cleared }, sample, GenericFormat.IndexOf(chosen, "symbol", sample));
        }
        var monotone = IsMonotone(layout, sample);
        if (!layout.Columns.Contains(ColumnRole.Symbol) && ByName(layout, sample, monotone) is >= 0 and var named)
            layout = With(layout, sample, named);
        CheckContracts(layout, sample);
        if (layout.Columns.Contains(ColumnRole.Symbol)) return layout with { OtherKeys = OtherKeys(layout, sample) };
        var columns = layout.Columns.ToArray();
        var constants = new byte[columns.Length][];
        foreach (var column in Keys(layout, sample))
        {
            var values = ValuesOf(sample, column);
            if (values.Distinct(StringComparer.Ordinal).Count() == 1)
            {
                columns[column] = ColumnRole.Constant;
                constants[column] = Encoding.UTF8.GetBytes(values[0]);
            }
            else if (ChangesAsSymbols(values, monotone)) throw Ask(layout, sample, column, values);
        }
        return layout with { Columns = columns, Constants = constants, OtherKeys = OtherKeys(layout, sample) };
    }

    private static BarDataException Ask(RowLayout layout, FileSample sample, int column, List<string> values)
    {
        var at = values.FindIndex(v => v != values[0]);
        return sample.Fault(at, NameOf(layout, sample, column),
            $"the column changes from '{Shown(values[0])}' to '{Shown(values[at])}', as a column of symbols does",
            ColumnMapping.SymbolQuestion(NameOf(layout, sample, column)));
    }

    private static string Shown(string text) => text.Length <= 30 ? text : text[..30] + "…";

    private static RowLayout With(RowLayout layout, FileSample sample, int column)
    {
        var columns = layout.Columns.ToArray();
        columns[column] = ColumnRole.Symbol;
        return layout with { Columns = columns, Symbol = HeaderColumns.Symbol(sample, columns) };
    }

    private static int ByName(RowLayout layout, FileSample sample, bool monotone)
    {
        var names = layout.Columns.Select((role, i) => role == ColumnRole.Skip ? NameOf(layout, sample, i) : "").ToList();
        return ByName(names.Where(n => n.Length > 0), n => ValuesOf(sample, names.IndexOf(n)), monotone) is { } found
            ? names.IndexOf(found) : -1;
    }

    /// <summary>
    /// Returns the column that vendors name as one of symbols: of several, the first that changes in the sample; if none does, the first.
    /// </summary>
    public static string? ByName(IEnumerable<string> columns, Func<string, List<string>> valuesOf, bool isMonotone)
    {
        string? first = null;
        var byPlain = columns.GroupBy(Plain).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var name in Names)
        {
            if (!byPlain.TryGetValue(name, out var column)) continue;
            var values = valuesOf(column);
            if (values.Exists(v => v.Length == 0)) continue;
            var distinct = values.Distinct(StringComparer.Ordinal).Count();
            // A number of each row, in a table of one market.
            if (isMonotone && distinct == values.Count && (distinct > 3 || name is "id" or "index")) continue;
            if (distinct > 1) return column;
            first ??= column;
        }
        return first;
    }

    /// <summary>Whether vendors give this plain name to a column of symbols.</summary>
    public static bool IsName(string plain) => Names.Contains(plain);

    /// <summary>Whether each value is a word that may name a market.</summary>
    public static bool AreWords(List<string> values) => values.TrueForAll(IsWord) && !values.TrueForAll(Flags.Contains);

    /// <summary>Whether words change as symbols do: at equal times, or once for each market.</summary>
    public static bool ChangesAsSymbols(List<string> values, bool isMonotone) => !isMonotone
        || AreBlocks(values) && values.Distinct(StringComparer.Ordinal).Count() < values.Count;

    private static string Plain(string name) => FileSample.Plain(name);

    private static string NameOf(RowLayout layout, FileSample sample, int column) =>
        sample.HasHeader && column < sample.Header.Count ? sample.Header[column]
            : layout.Names is { } names && column < names.Length ? names[column]
            : (column + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static List<string> ValuesOf(FileSample sample, int column) =>
        [.. sample.Rows.Select(r => r.Count > column ? r[column].Trim() : "")];

    // Expiry and strike distinguish the options and futures of one underlying.
    private static void CheckContracts(RowLayout layout, FileSample sample)
    {
        var symbol = Array.IndexOf(layout.Columns, ColumnRole.Symbol);
        var symbols = symbol < 0 ? null : ValuesOf(sample, symbol);
        for (var column = 0; column < layout.Columns.Length; column++)
        {
            if (layout.Columns[column] != ColumnRole.Skip || !ContractNames.Contains(Plain(NameOf(layout, sample, column)))) continue;
            var values = ValuesOf(sample, column);
            var other = Enumerable.Range(1, values.Count - 1).FirstOrDefault(i => values[i] != values[i - 1] && values[i].Length > 0
                && values[i - 1].Length > 0 && (symbols is null || symbols[i] == symbols[i - 1]));
            if (other == 0) continue;
            var name = NameOf(layout, sample, column);
            throw sample.Fault(other, name,
                $"the contract changes from '{Shown(values[other - 1])}' to '{Shown(values[other])}'",
                "write each contract into a file of its own; " + ColumnMapping.SymbolQuestion(name));
        }
    }

    // Columns without a role that have a word in each row, or a number that identifies as one.
    private static IEnumerable<int> Keys(RowLayout layout, FileSample sample)
    {
        for (var column = 0; column < layout.Columns.Length; column++)
        {
            if (layout.Columns[column] != ColumnRole.Skip) continue;
            var values = ValuesOf(sample, column);
            if (AreWords([.. values.Distinct(StringComparer.Ordinal)]) || AreNumbersOfMarkets(NameOf(layout, sample, column), values))
                yield return column;
        }
    }

    // Whole numbers of three digits or more that stay for rows, and are no years: under an unknown name, or with the name of a key.
    private static bool AreNumbersOfMarkets(string name, List<string> values)
    {
        if (!values.TrueForAll(v => v.Length is > 2 and < 20 && v.All(char.IsAsciiDigit))) return false;
        if (OpenInterestColumn.IsName(name)) return false;
        var distinct = values.Distinct(StringComparer.Ordinal).ToList();
        var plain = Plain(name);
        var isKey = KeyEndings.Any(e => plain.EndsWith(e, StringComparison.Ordinal));
        if (distinct.Count == 1) return isKey;
        return (isKey || distinct.Count * 4 <= values.Count) && distinct.Count * 2 <= values.Count
            && !distinct.TrueForAll(v => v.Length is 4 or 6 && v[0] is '1' or '2') && AreBlocks(values);
    }

    private static bool IsWord(string value)
    {
        if (value.Length == 0 || !value.Any(char.IsLetter)) return false;
        if (double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out _)) return false;
        var bytes = Encoding.UTF8.GetBytes(value);
        return TimestampStyle.Detect([bytes], out _) is null && !(TimeOfDayText.TryRead(bytes, out _, out var used) && used == bytes.Length)
            && WrittenNumber.Plain(value.TrimEnd('%', 'K', 'M', 'B', 'T', 'k', 'm', 'b'), false, false, true) is null;
    }

    // Whether each value has one run of rows.
    private static bool AreBlocks(List<string> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < values.Count; i++)
            if ((i == 0 || values[i] != values[i - 1]) && !seen.Add(values[i])) return false;
        return true;
    }

    // Names of columns that change and may tell rows of equal time apart, for messages.
    private static IReadOnlyList<string> OtherKeys(RowLayout layout, FileSample sample)
    {
        var keys = new List<string>();
        for (var column = 0; column < layout.Columns.Length; column++)
        {
            if (layout.Columns[column] != ColumnRole.Skip) continue;
            var values = ValuesOf(sample, column);
            var distinct = values.Distinct(StringComparer.Ordinal).Count();
            if (distinct < 2 || distinct * 2 > values.Count && values.Count > 4
                || !values.TrueForAll(v => v.Length > 0 && v.Length < 30 && (IsWord(v) || v.All(char.IsAsciiDigit)))) continue;
            keys.Add(NameOf(layout, sample, column));
        }
        return keys;
    }

    private static bool IsMonotone(RowLayout layout, FileSample sample)
    {
        var (day, clock) = (Array.IndexOf(layout.Columns, ColumnRole.Time), Array.IndexOf(layout.Columns, ColumnRole.TimeOfDay));
        var reader = new TimestampReader(layout.DateStyle) { BaseDay = layout.BaseDay, ZoneName = layout.ZoneName };
        var (last, direction) = (0L, 0);
        for (var i = 0; i < sample.Rows.Count; i++)
        {
            var row = sample.Rows[i];
            if (day < 0 || row.Count <= Math.Max(day, clock) || !reader.TryRead(Encoding.UTF8.GetBytes(row[day].Trim()), out var read))
                return true;
            var time = read.LocalTicks;
            if (clock >= 0 && TimeOfDayText.TryRead(Encoding.UTF8.GetBytes(row[clock].Trim()), out var ticks, out _)) time += ticks;
            var step = time.CompareTo(last);
            last = time;
            if (i == 0) continue;
            if (direction == 0) direction = step;
            if (step == 0 || step != direction) return false;
        }
        return true;
    }
}
