using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Deployment.Tests.Bicep;

/// <summary>A temporary folder with copies of bicep/, which a test changes and compiles.</summary>
internal sealed class BicepCopy : IDisposable
{
    private static readonly string s_source = Path.Combine(SharedData.RepositoryRoot, "bicep");

    // The levels of the linter's findings, which as errors would end a compilation.
    private const string Configuration = "bicepconfig.json";

    private const string Example = "example.bicepparam";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-bicep-").FullName;

    /// <summary>The files of bicep/, as modules/silo.bicep.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(s_source, "*.bicep", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(s_source, f))
            .Order(StringComparer.Ordinal)];

    /// <summary>Copies all files.</summary>
    /// <param name="into">A folder in this one.</param>
    public BicepCopy Add(string into = "")
    {
        foreach (var file in Files.Append(Example))
        {
            var copy = At(into, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(s_source, file), copy);
        }
        return this;
    }

    /// <summary>Replaces a text that the file must have.</summary>
    public BicepCopy Change(string file, string right, string wrong, string into = "")
    {
        var text = File.ReadAllText(At(into, file));
        text.ShouldContain(right, Case.Sensitive, file);
        File.WriteAllText(At(into, file), text.Replace(right, wrong, StringComparison.Ordinal));
        return this;
    }

    /// <summary>What the compiler and its linter find in all files, as modules/silo.bicep(64,9) : Error …</summary>
    public async Task<IReadOnlyList<string>> LintAsync()
    {
        File.Copy(Path.Combine(s_source, Configuration), At(Configuration));
        return [.. (await BicepCompiler.RunAsync("lint", "--pattern", At("**", "*.bicep")))
            .Select(line => line.Replace(_folder + "/", "", StringComparison.Ordinal)).Distinct()];
    }

    /// <summary>The template that the compiler writes for Azure.</summary>
    public async Task<JsonObject> TemplateAsync(string file)
    {
        var lines = await BicepCompiler.RunAsync("build", At(file), "--outfile", At("template.json"));
        return Read("template.json", lines);
    }

    /// <summary>
    /// What a deployment with these parameters makes: the compiler's forecast, with every expression evaluated whose value is known before
    /// the deployment. The values of secrets are not.
    /// </summary>
    /// <param name="parameters">The content of a .bicepparam file.</param>
    public async Task<JsonObject> ForecastAsync(string file, string parameters)
    {
        await File.WriteAllTextAsync(At("forecast.bicepparam"), $"using '{file}'\n{parameters}\n");
        var lines = await BicepCompiler.RunAsync("snapshot", At("forecast.bicepparam"), "--mode", "overwrite",
            "--resource-group", "granary", "--subscription-id", Guid.Empty.ToString(), "--location", "westeurope");
        return Read("forecast.snapshot.json", lines);
    }

    /// <summary>The parameters that the example gives.</summary>
    public async Task<JsonObject> ExampleAsync(IReadOnlyDictionary<string, string> environment)
    {
        var lines = await BicepCompiler.RunAsync(environment, "build-params", At(Example), "--outfile", At("parameters.json"));
        return Read("parameters.json", lines)["parameters"]!.AsObject();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JsonObject Read(string file, IReadOnlyList<string> lines)
    {
        File.Exists(At(file)).ShouldBeTrue(string.Join('\n', lines));
        return JsonNode.Parse(File.ReadAllText(At(file)))!.AsObject();
    }

    private string At(params string[] parts) => Path.Combine([_folder, .. parts]);
}
