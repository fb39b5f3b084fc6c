using System.Text;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Simulation.Catalogues;

namespace Granary.Backtesting.NewProjects;

/// <summary>
/// <c>granary new KIND NAME</c>: creates a folder with a working plug-in, a passing test project and a README, or with a program. The
/// files are those of samples/Plugin, samples/DataPlugin and samples/Study, which Granary compiles, with the new name.
/// </summary>
internal static class NewPluginProject
{
    // A class must neither have the name of its namespace, nor hide types that its file uses.
    private static readonly string[] _reserved =
    [
        "Strategy", "Factor", "Side", "Crossing", "StrategyContext", "Range", "Tests", "System", "Granary", "Bar", "BarBlock", "BarFormat",
        "Broker", "Trainer", "Plugins", "Timeframe", "Instrument", "Protection",
    ];

    /// <summary>Makes the folder NAME in <paramref name="parent"/>, whole or not at all.</summary>
    /// <param name="name">The class's name: "GoldenHour". In catalogues of lower-case names it is "golden-hour".</param>
    /// <param name="known">What the process knows; its names are taken.</param>
    /// <param name="usesPackages">Whether it references Granary's packages, and not the assemblies of this installation.</param>
    /// <returns>The files made, relative to the new folder, in order.</returns>
    /// <exception cref="InputException">The name is not a class name or is taken, or the folder is there already; one sentence.</exception>
    /// <exception cref="BarStoreException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Create(PluginTemplate template, string name, string parent, GranaryCatalogues known,
        bool usesPackages = false)
    {
        Check(template, name, known);
        var target = Path.GetFullPath(Path.Combine(parent, name));
        var files = Files(template, name, usesPackages);
        NewFolder.Create(target, files.Select(f => (f.Path, Encoding.UTF8.GetBytes(f.Text.ReplaceLineEndings("\n")))));
        return [.. files.Select(f => f.Path)];
    }

    private static void Check(PluginTemplate template, string name, GranaryCatalogues known)
    {
        if (name.Length == 0 || !char.IsAsciiLetterUpper(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
            throw new InputException($"'{name}' cannot name a {template.Kind}; use a capital letter and then letters and digits, as "
                + $"GoldenHour");
        var entry = CatalogueNameOf(template, name);
        if (template.Taken(known, entry))
            throw new InputException($"the {template.Kind} name '{entry}' is taken; choose another name");
        if (_reserved.Contains(name))
            throw new InputException($"'{name}' has a meaning in every {template.Kind}'s file already; choose another name");
    }

    // GoldenHour becomes golden-hour in catalogues with lower-case names, and goldenHour if names are keys of a batch.
    private static string CatalogueNameOf(PluginTemplate template, string name)
    {
        if (template.SampleName is null) return name;
        if (template.SampleName == AsKey(template.Sample)) return AsKey(name);
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    private static string AsKey(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static List<(string Path, string Text)> Files(PluginTemplate template, string name, bool usesPackages)
    {
        var granary = usesPackages ? $"<GranaryVersion>{typeof(NewPluginProject).Assembly.GetName().Version!.ToString(3)}</GranaryVersion>"
            : $"<GranaryHome Condition=\"'$(GranaryHome)' == ''\">{Home}</GranaryHome>";
        string Filled(string text) => text.Replace("{{use}}", template.Use, StringComparison.Ordinal)
            .Replace("{{strategies}}", template.Strategies, StringComparison.Ordinal)
            .Replace("{{sections}}", template.Sections, StringComparison.Ordinal)
            .Replace("{{name}}", name, StringComparison.Ordinal).Replace("{{kind}}", template.Kind, StringComparison.Ordinal)
            .Replace("{{granary}}", granary, StringComparison.Ordinal)
            .Replace("{{catalogue}}", CatalogueNameOf(template, name), StringComparison.Ordinal);
        string Renamed(string text)
        {
            var renamed = text.Replace(template.Sample, name, StringComparison.Ordinal)
                .Replace("SamplePlugin", "Plugins", StringComparison.Ordinal)
                .Replace("SampleDataPlugin", "Plugins", StringComparison.Ordinal);
            return template.SampleName is null ? renamed
                : renamed.Replace($"\"{template.SampleName}\"", $"\"{CatalogueNameOf(template, name)}\"", StringComparison.Ordinal);
        }
        List<(string, string)> files =
        [
            ("README.md", Filled(Read(template.IsProgram ? "Program.md.txt" : "README.md.txt"))),
            ("Directory.Build.props", Filled(Read("Directory.Build.props.txt"))),
            ("Directory.Build.targets", "<Project />\n"),
            ("Directory.Packages.props", "<Project />\n"),
            ($"{name}.csproj", Filled(Read(template.IsProgram ? "Program.csproj.txt" : "Project.csproj.txt"))),
            ($"{name}.cs", Renamed(Read(template.Sample + ".cs"))),
        ];
        if (template.IsProgram) return files;
        files.Add(("Tests/Tests.csproj", Filled(Read("Tests.csproj.txt"))));
        files.Add(($"Tests/{name}Tests.cs", Renamed(Read(template.Sample + "Tests.cs"))));
        if (template.Strategies is not null) files.Add(("batch.json", Filled(Read("batch.json.txt"))));
        return files;
    }

    // The folder of the engine's assembly, and so of the others.
    private static string Home =>
        Path.GetDirectoryName(typeof(Strategy).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;

    private static string Read(string file)
    {
        using var stream = typeof(NewPluginProject).Assembly.GetManifestResourceStream("templates/" + file)
            ?? throw new InvalidOperationException($"the template {file} is missing in this build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
