using System.Text;
using System.Text.Json;
using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Cli.Commands;

/// <summary>
/// The batch of <c>granary backtest FILE</c> where FILE has bars: buy and hold, and the crossing of two averages. It is written to the
/// current folder, so the user can change it.
/// </summary>
internal static class BarsBatch
{
    private static readonly string[] s_extensions = [".csv", ".txt", ".gz", ".zst", ".zip"];

    /// <summary>Whether a file has bars and is no batch file.</summary>
    public static bool Is(string path)
    {
        if (!File.Exists(path)) return false;
        var extension = Path.GetExtension(path);
        return s_extensions.Contains(extension, StringComparer.OrdinalIgnoreCase)
            || string.Equals(extension, ".json", StringComparison.OrdinalIgnoreCase) && BeginsWithList(path);
    }

    /// <summary>Writes the batch of a file of bars.</summary>
    /// <param name="bars">The file of bars.</param>
    /// <param name="known">Options for reading the file.</param>
    /// <param name="output">Receives what was guessed; null for nothing.</param>
    /// <returns>The path of the batch file.</returns>
    /// <exception cref="InputException">Another batch of this name is there.</exception>
    public static string Write(string bars, BarFileOptions known, TextWriter? output)
    {
        var symbol = CsvBarSource.SymbolOf(bars) ?? ImportFiles.SymbolOf(bars);
        var guess = BarFileGuess.Of(bars, BarFile.Inspect(bars, known).Symbols.Count > 0 ? null : symbol, null, known,
            "write a batch file with the key data.timeframe, as samples/quickstart.json");
        var file = ImportFiles.SymbolOf(bars).Replace(Path.DirectorySeparatorChar, '_') + ".batch.json";
        var text = Text(bars, symbol, guess);
        if (File.Exists(file) && File.ReadAllText(file) != text)
            throw new InputException($"{file} is there already; run 'granary backtest {file}', or move it away");
        try
        {
            AtomicFile.Write(file, Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}, the batch of {bars}, cannot be written to the current folder; run the command in a folder "
                + "where you may write", e);
        }
        foreach (var line in guess.Guesses) output?.WriteLine($"Guessed {line}");
        output?.WriteLine($"{file}: the batch of this run; change it, and run it with '{FirstSteps.Words(["backtest", file])}'");
        return file;
    }

    private static bool BeginsWithList(string path)
    {
        using var reader = new StreamReader(path);
        int next;
        while ((next = reader.Read()) >= 0)
            if (!char.IsWhiteSpace((char)next)) return next == '[';
        return false;
    }

    private static string Text(string bars, string symbol, BarFileGuess guess)
    {
        // Other files of its folder may have the same symbol.
        var file = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(bars));
        string Quoted(string text) => JsonSerializer.Serialize(text, Output.Json);
        var zone = guess.AssumedZone is { } assumed ? $",\n    \"timeZone\": {Quoted(assumed)}" : "";
        return $$"""
            {
              // Two strategies over {{Path.GetFileName(bars)}}, written by granary. All strategies: 'granary strategies'.
              "name": {{Quoted(symbol)}},
              "data": {
                "source": {{Quoted("csv:" + file.Replace('\\', '/'))}},
                "symbols": [{{string.Join(", ", guess.Symbols.Select(Quoted))}}],
                "timeframe": "{{guess.Timeframe}}"{{zone}}
              },
              "account": { "cash": 100000 },
              "execution": { "commissionPercent": 0.1, "slippagePercent": 0.05 },
              "strategies": [
                { "class": "BuyAndHold", "sides": "long", "size": { "percentOfEquity": 95 } },
                { "class": "SmaCross", "params": { "fast": 10, "slow": 50 }, "sides": "long", "size": { "percentOfEquity": 95 } }
              ],
              "portfolio": { "weights": "equal" }
            }

            """.ReplaceLineEndings("\n");
    }
}
