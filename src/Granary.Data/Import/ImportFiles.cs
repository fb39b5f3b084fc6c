using System.Text.RegularExpressions;
using Granary.Data.Files;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.Import;

/// <summary>Finds the files that a <c>data import</c> command names, and the symbol of each.</summary>
internal static partial class ImportFiles
{
    /// <param name="named">Files, folders (without their subfolders) and patterns such as <c>bars/*.csv</c>.</param>
    /// <param name="permitted">The folders that may be listed; null = all.</param>
    /// <returns>The files in the order of the arguments; files of a folder or pattern are sorted by name.</returns>
    /// <exception cref="BarDataException">A folder or a pattern contains no file.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> named, PermittedFiles? permitted = null)
    {
        permitted ??= PermittedFiles.All;
        var files = new List<string>();
        foreach (var name in named)
        {
            var isFolder = Directory.Exists(name);
            if (!isFolder && name.AsSpan().IndexOfAny('*', '?') < 0)
            {
                files.Add(name);
                continue;
            }
            var folder = isFolder ? name : Path.GetDirectoryName(name) is { Length: > 0 } parent ? parent : ".";
            var found = permitted.FilesIn(folder, isFolder ? "*" : Path.GetFileName(name))
                .Where(f => Path.GetFileName(f)[0] != '.').ToList();
            if (found.Count == 0) throw new BarDataException($"{name}: there is no such file; give a bar file, a folder or a pattern");
            files.AddRange(found.Order(StringComparer.Ordinal));
        }
        return files;
    }

    /// <summary>
    /// Returns the symbol in a file's name: the part before the first point, without the timeframe and date of a download such as
    /// <c>BTCUSDT-1m-2024-01.csv</c>. %2F stands for a slash (<see cref="SymbolFileName"/>).
    /// </summary>
    public static string SymbolOf(string path)
    {
        var name = Path.GetFileName(path);
        var stem = name.IndexOf('.') is > 0 and var point ? name[..point] : name;
        var text = Download().Match(stem) is { Success: true } download ? download.Groups["symbol"].Value : stem;
        return SymbolFileName.Symbol(text) ?? text;
    }

    /// <summary>
    /// Returns the symbol in a file's name if the name is nothing but a symbol; null for names such as <c>daily-prices.csv</c> or
    /// <c>Binance_BTCUSDT_1h.csv</c>, in which a program cannot tell the symbol from other words.
    /// </summary>
    public static string? GuessedSymbolOf(string path)
    {
        var symbol = SymbolOf(path);
        return Ticker().IsMatch(symbol) && !OtherWord().IsMatch(symbol) ? symbol : null;
    }

    // Capital letters or a word in small ones, a pair such as BTC_USDT or BTC-USD, a class such as BRK.B, an index such as ^GSPC, digits of
    // Asia's exchanges.
    [GeneratedRegex(@"^([\^.$]?[A-Z][A-Z0-9]{0,11}([-_/=.&][A-Z0-9]{1,6})?|"
        + @"[a-z]{1,6}([-_.](usd|usdt|usdc|eur|gbp|jpy|btc|eth))?|[0-9]{4,6}(\.[A-Z]{1,3})?)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Ticker();

    // A number alone that is a year is no ticker either.
    [GeneratedRegex(@"^(data|bars?|ohlcv?|prices?|quotes?|history|export|table|charts?|daily|hourly|minute|stocks?|crypto|forex|test|input|"
        + @"output|sample|file|new|mine|my|out|feed|raw|clean|(19|20)[0-9]{2})$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase
        | RegexOptions.NonBacktracking)]
    private static partial Regex OtherWord();

    [GeneratedRegex(@"^(?<symbol>.+?)[-_](\d+(m|h|d|w|mo))(-futures)?([-_]\d{4}([-_]\d{2}){0,2})?$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Download();
}
