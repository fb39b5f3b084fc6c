using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Import;

/// <summary>Symbol, timeframe and format of a bar file, guessed where the user left them out.</summary>
/// <param name="Symbols">The symbols of a file with several, its only one otherwise.</param>
/// <param name="Guesses">Each guess, as "timeframe 1d, by the steps between the first 250 rows".</param>
/// <param name="Overrides">The option that replaces the guess of the same place, as "--timeframe gives another".</param>
internal sealed record BarFileGuess(IReadOnlyList<string> Symbols, Timeframe Timeframe, IReadOnlyList<string> Guesses,
    IReadOnlyList<string> Overrides)
{
    /// <summary>The zone in which times without one are read, where the bars are shorter than a day; null otherwise.</summary>
    public string? AssumedZone { get; private init; }

    /// <param name="symbol">As the user gave it; null to guess.</param>
    /// <param name="timeframe">As the user gave it; null to guess.</param>
    /// <param name="options">Options for reading the file.</param>
    /// <param name="remedy">What the user does if the rows show no timeframe.</param>
    /// <exception cref="BarDataException">The file cannot be read, or two answers are possible.</exception>
    public static BarFileGuess Of(string path, string? symbol, Timeframe? timeframe, BarFileOptions options,
        string remedy = "name it with --timeframe, such as --timeframe 1d")
    {
        var file = BarFile.Inspect(path, options);
        var (guesses, overrides) = (new List<string>(), new List<string>());
        void Guess(string what, string how, string option)
        {
            guesses.Add($"{what}, by {how}");
            overrides.Add(option);
        }
        var symbols = SymbolsOf(path, symbol, file, Guess);
        var length = timeframe ?? file.Timeframe ?? throw new BarDataException(file.Rows < 2
            ? $"{path}: {(file.Rows == 0 ? "no row" : "a single row")} shows no timeframe; {remedy}"
            : $"{path}: the steps between its first {file.Rows} rows are those of several timeframes or of none; {remedy}");
        if (timeframe is null) Guess($"timeframe {length}", $"the steps between the first {file.Rows} rows", "--timeframe gives another");
        if (options.Format == "auto") Guess($"format {file.Format}", "the first rows", "--format gives another");
        if (file.HasDecimalComma && options.Format == "auto")
            Guess("decimals after a comma", "the prices", "--format generic reads commas as thousands");
        if (file.AssumedZone is { } zone && options.TimeZone is null)
            Guess($"time zone {zone}", zone == "UTC" ? "default, because the file names none" : "its format",
                "--time-zone gives another, such as --time-zone America/New_York");
        return new BarFileGuess(symbols, length, guesses, overrides) { AssumedZone = file.AssumedZone };
    }

    private static IReadOnlyList<string> SymbolsOf(string path, string? given, BarFileInspection file,
        Action<string, string, string> guess)
    {
        if (given is not null) return [given];
        if (file.Symbols.Count > 0)
        {
            guess($"{file.Symbols.Count} symbols", "the file's column of symbols", "--symbol reads one of them");
            return file.Symbols;
        }
        if (file.Symbol is { } inside)
        {
            guess($"symbol {inside}", "the file's column of symbols", "--symbol gives another");
            return [inside];
        }
        var named = ImportFiles.GuessedSymbolOf(path) ?? throw new BarDataException(
            $"{path}: its name can be more than a symbol; give the symbol with --symbol, such as --symbol ACME, or --symbol-from name to "
                + $"take '{ImportFiles.SymbolOf(path)}'");
        guess($"symbol {named}", "the file's name", "--symbol gives another");
        return [named];
    }
}
