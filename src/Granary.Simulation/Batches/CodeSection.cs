using System.Text.Json;
using Granary.Engine;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Batches;

/// <summary>The section <c>code</c> of a batch and of prod.json: C# files with the batch's own classes.</summary>
internal static class CodeSection
{
    public const string Key = "code";

    // Most files of a batch.
    private const int Most = 20;

    // Longest time of a constructor. A slow one delays every run, and a request waits for it.
    private static readonly TimeSpan s_longestConstructor = TimeSpan.FromSeconds(10);

    /// <summary>Reads the files, and compiles them if the strategies are bound.</summary>
    /// <param name="part">Null if there are none.</param>
    /// <param name="faults">Collects the errors of the text.</param>
    /// <param name="binds">Whether this process knows the strategy classes. A client leaves the compilation to its server.</param>
    /// <returns>The files, and the catalogues with their classes.</returns>
    /// <exception cref="InputException">The section is invalid, a hash differs, or the files cannot be compiled here.</exception>
    public static (IReadOnlyList<CodeSource> Sources, GranaryCatalogues Catalogues) Read(JsonPart? part, GranaryCatalogues known,
        bool binds, JsonFaults faults)
    {
        if (part is null) return ([], known);
        var sources = new List<CodeSource>();
        if (part.Kind != JsonValueKind.Array) throw part.Fault("a list of C# files is needed, such as [\"Idea.cs\"]");
        foreach (var item in part.Items)
        {
            var source = Source(item, faults);
            if (sources.Exists(s => string.Equals(s.Name, source.Name, StringComparison.OrdinalIgnoreCase)))
                throw item.Fault($"a file '{source.Name}' is there twice; rename one of them");
            sources.Add(source);
        }
        if (sources.Count > Most) throw part.Fault($"there are {sources.Count} files, and a batch has {Most} at the most; put the code "
            + "into a plug-in");
        if (!binds) return (sources, known);
        var catalogues = known.WithCode(sources);
        foreach (var name in sources.SelectMany(s => catalogues.Plugins.First(p => p.Path == s.Name).Names("strategy")).Distinct())
            Try(catalogues, name);
        return (sources, catalogues);
    }

    /// <summary>Writes the files of a batch into prod.json, with their hashes and the compiler of the run.</summary>
    public static void Write(Utf8JsonWriter json, BatchSpec spec)
    {
        if (spec.Code.Count == 0) return;
        json.WriteStartArray(Key);
        foreach (var source in spec.Code)
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString("sha256", source.Hash);
            if (spec.Catalogues.Compiler is { } compiler) json.WriteString("compiler", compiler.Version);
            json.WriteString("source", source.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static CodeSource Source(JsonPart item, JsonFaults faults)
    {
        if (item.Kind == JsonValueKind.String)
            throw item.Fault($"the file '{item.Text}' was not replaced by its source; a batch that is sent has "
                + "{ \"name\", \"source\" } here");
        item.Only("name", "source", "sha256", "compiler");
        var (name, text, hash) = (item.Need("name").String(), item.Need("source").String(), item.Find("sha256")?.String());
        item.Find("compiler")?.String();
        // Without its classes the rest of the batch would only have faults that follow.
        if (item.IsFaulty) faults.Close();
        CodeSource source;
        try
        {
            source = new CodeSource(name, text);
        }
        catch (InputException e) when (e.Path is null)
        {
            throw item.Fault(e.Message, e);
        }
        if (hash is not null && hash != source.Hash)
            throw item.Need("sha256").Fault($"the source of {source.Name} has another SHA-256, {source.Hash}: it was changed after the run; "
                + "run the batch again with the changed file");
        return source;
    }

    // Creates a strategy once, so that an error in its constructor is reported now and not when the run first needs it.
    private static void Try(GranaryCatalogues catalogues, string name)
    {
        var strategy = catalogues.Strategies.Get(name);
        if (strategy.Parameters.Any(p => p.Default is null)) return;
        var file = CodeContext.SourceOf(strategy.Type)!.Name;
        try
        {
            StrategyWatch.Run(name, "its constructor", () => strategy.Create(new Dictionary<string, object>()), s_longestConstructor);
        }
        catch (StuckStrategyException e)
        {
            throw new InputException($"{file}: {e.Message}", e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
            throw new InputException($"{file}: {name} cannot be made with its defaults ({cause.GetType().Name}: "
                + $"{cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}); correct its constructor", e);
        }
    }
}
