using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.StrategyFiles;

/// <summary>
/// Makes a batch of one C# file with a strategy: from the call, from the comment <c>// granary: { … }</c> in the file, and from what the
/// source of the bars shows.
/// </summary>
/// <param name="catalogues">The process's catalogues, with its compiler.</param>
internal sealed class StrategyFileReader(GranaryCatalogues catalogues)
{
    private static readonly JavaScriptEncoder s_asWritten = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Whether a path names a C# file and not a batch file.</summary>
    public static bool IsStrategyFile(string path) => path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file and makes its batch.</summary>
    /// <exception cref="InputException">
    /// The file does not exist, the compiler refuses it, an option is wrong, or the bars are not named.
    /// </exception>
    public Task<StrategyFileBatch> ReadAsync(string path, StrategyFileOptions options, CancellationToken cancellationToken) =>
        MakeAsync(CodeFiles.Read(path), DataFolder.Of(Path.GetDirectoryName(Path.GetFullPath(path))!), options, cancellationToken);

    /// <inheritdoc cref="ReadAsync"/>
    /// <param name="folder">Base folder of relative paths in the comment.</param>
    public async Task<StrategyFileBatch> MakeAsync(CodeSource source, string folder, StrategyFileOptions options,
        CancellationToken cancellationToken)
    {
        var edit = new JsonEdit(source.Name, SettingsComment.Find(source.Name, source.Text), catalogues.PlaceOf(folder));
        edit.Root.Only("name", "data", "universe", "account", "execution", "strategies", "portfolio", "benchmark", "learning",
            "walkForward", "regimes", "resampling", "outputs", "seed", "periodsPerYear");
        var strategy = StrategyOf(source, edit, options.Class);
        edit.Set(["code"], Written(json =>
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString("source", source.Text);
            json.WriteEndObject();
            json.WriteEndArray();
        }));
        if (edit.Root.Find("name") is null) edit.Set(["name"], Quoted(Path.GetFileNameWithoutExtension(source.Name)));
        if (edit.Root.Find("strategies") is null) edit.Set(["strategies", "0", "class"], Quoted(strategy.Name));
        foreach (var group in options.Parameters.Select(p => GivenParameter.Parse(p, strategy))
            .GroupBy(p => p.Name, StringComparer.Ordinal))
        {
            if (group.Count() > 1) throw new InputException($"--param {group.Key} is given twice; list its values, as {group.Key}=5,10");
            var values = group.Single().Values;
            edit.Set(["strategies", "0", "params", group.Key], values.Count == 1 ? values[0] : $"[{string.Join(',', values)}]");
        }
        var guesses = await DataAsync(edit, options, cancellationToken);
        // Errors of the settings have the lines of the file.
        var spec = new BatchReader(catalogues).Read(source.Name, edit.Apply(), folder, bindStrategies: true);
        if (!options.IsRemote && options.Symbols.Count == 0 && spec.Data.Parts.Count == 0
            && edit.Root.Find("data")?.Find("symbols") is null)
            guesses.Add(await SourceGuess.SymbolsAsync(spec.Catalogues, spec.Data, cancellationToken));
        return new StrategyFileBatch(spec with { Text = Pretty(source.Name, spec.Text) }, guesses);
    }

    private async Task<List<string>> DataAsync(JsonEdit edit, StrategyFileOptions options, CancellationToken cancellationToken)
    {
        var guesses = new List<string>();
        var data = edit.Root.Find("data");
        if (data?.Find("parts") is { } parts)
        {
            if (options.Source is not null || options.Symbols.Count > 0 || options.Timeframe is not null)
                throw parts.Fault("the data have parts, so --source, --symbols and --timeframe do not apply; change them here");
            return guesses;
        }
        var place = catalogues.PlaceOf(options.Folder);
        var address = data?.Find("source");
        if (options.Source is { } named)
            edit.Set(["data", "source"], Quoted(options.IsRemote ? named : AddressOf(place, named).Full));
        else if (address is null)
        {
            if (options.SampleSource is not { } sample || options.IsRemote)
                throw new InputException($"{edit.Root.File}: no bars are named; give --source csv:DIR, or write // granary: {{ \"data\": "
                    + "{ \"source\": \"csv:DIR\" } } into the file");
            edit.Set(["data", "source"], Quoted(sample));
            guesses.Add($"source {sample}, the sample bars; --source gives another");
        }
        if (options.Symbols.Count > 0) edit.Set(["data", "symbols"], $"[{string.Join(',', options.Symbols.Select(Quoted))}]");
        else if (data?.Find("symbols") is null)
        {
            edit.Set(["data", "symbols"], "\"*\"");
            if (options.IsRemote) guesses.Add("symbols, all that the source has; --symbols gives others");
        }
        if (options.Timeframe is { } timeframe)
        {
            if (!Timeframe.TryParse(timeframe, out _))
                throw new InputException($"--timeframe {timeframe}: use one of {string.Join(' ', Timeframe.All)}");
            edit.Set(["data", "timeframe"], Quoted(timeframe));
        }
        else if (data?.Find("timeframe") is null)
        {
            if (options.IsRemote)
                throw new InputException($"{edit.Root.File}: with --host the timeframe has to be named, as --timeframe 1d");
            var source = options.Source is { } given ? AddressOf(place, given) : address?.Address() ?? place.Address(options.SampleSource!);
            var (found, sentence) = await SourceGuess.TimeframeAsync(catalogues, source, cancellationToken);
            edit.Set(["data", "timeframe"], Quoted(found.ToString()));
            guesses.Add(sentence);
        }
        return guesses;
    }

    private static Storage.Addresses.Address AddressOf(Storage.Addresses.Place place, string text)
    {
        try
        {
            return place.Address(text);
        }
        catch (BarDataException e)
        {
            throw new InputException($"--source {text}: {e.Message}", e);
        }
    }

    // The class that the call names, or the only one of the file.
    private StrategyDefinition StrategyOf(CodeSource source, JsonEdit edit, string? named)
    {
        var known = catalogues.WithCode([source]);
        var names = known.Plugins.Last(p => p.Path == source.Name).Names("strategy");
        if (edit.Root.Find("strategies") is { } written)
        {
            if (named is not null) throw written.Fault("the comment has the strategies, so --class does not apply; change the class here");
            return written.List() is [{ } only] ? known.Strategies.TryGet(only.Need("class").String(), out var of) ? of
                : throw only.Need("class").Fault(known.Strategies.Unknown(only.Need("class").String()))
                : throw written.Fault("a strategy file runs one entry of strategies; write a batch file for several");
        }
        if (named is not null)
            return names.Contains(named, StringComparer.Ordinal) ? known.Strategies.Get(named)
                : throw new InputException($"--class {named}: {source.Name} has no such strategy; it has {string.Join(", ", names)}");
        return names.Count == 1 ? known.Strategies.Get(names[0]) : throw new InputException(names.Count == 0
            ? $"{source.Name}: it has no class derived from Strategy; write 'sealed class NAME : Strategy'"
            : $"{source.Name}: it has the strategies {string.Join(", ", names)}; name one, as --class {names[0]}");
    }

    private static string Quoted(string text) => Written(json => json.WriteStringValue(text));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = s_asWritten })) write(json);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static byte[] Pretty(string file, byte[] text)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = s_asWritten }))
            JsonPart.Parse(file, text).WriteTo(json);
        return buffer.ToArray();
    }
}
