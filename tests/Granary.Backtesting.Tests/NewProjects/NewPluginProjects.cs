using System.Diagnostics;
using Granary.Backtesting.NewProjects;
using Granary.Testing;

namespace Granary.Backtesting.Tests.NewProjects;

/// <summary>
/// New projects of strategies, in the long form of each kind, all built by one call of the SDK, whose start and restore cost more than the
/// compilation.
/// </summary>
public sealed class NewPluginProjects : IDisposable
{
    private static readonly (string Kind, string Name)[] Kinds = !TestEffort.IsLong ? [("strategy", "GoldenHour")] :
    [
        ("strategy", "GoldenHour"), ("factor", "GoldenPlace"), ("format", "GoldenRows"), ("broker", "GoldenGate"),
        ("trainer", "GoldenMean"), ("rule", "GoldenLimit"), ("study", "GoldenStudy"),
    ];

    private const string Changed = "ChangedHour";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-new-").FullName;

    // One compiler server for all projects, even where the machine's default is a compiler for each. It ends with the tests.
    private readonly string _compiler = $"granary-new-{Environment.ProcessId}";
    private readonly Lazy<Task<string>> _built;

    public NewPluginProjects() => _built = new Lazy<Task<string>>(() => Task.Run(Build));

    /// <summary>What the build printed; skips the running test where the SDK or xunit.v3 is missing.</summary>
    internal Task<string> BuiltAsync => _built.Value;

    internal static PluginTemplate Of(string kind) => PluginTemplate.All.Single(t => t.Kind == kind);

    /// <summary>A strategy whose parameters have another name, other defaults and one more after the project was made.</summary>
    internal string ChangedFolder => Path.Combine(_folder, Changed);

    /// <param name="kind">As catalogues name it.</param>
    internal string FolderOf(string kind) => Path.Combine(_folder, Kinds.Single(k => k.Kind == Template(kind)).Name);

    /// <summary>The built tests of a project.</summary>
    internal static string TestsOf(string project) =>
        Directory.EnumerateFiles(Path.Combine(project, "Tests", "bin"), "Tests.dll", SearchOption.AllDirectories).Single();

    public void Dispose()
    {
        if (_built.IsValueCreated) StopCompiler();
        Directory.Delete(_folder, recursive: true);
    }

    private void StopCompiler()
    {
        // Where the build wrote it: asking the SDK would start it once more.
        var roslyn = Path.Combine(_folder, "roslyn.txt");
        if (!File.Exists(roslyn)) return;
        var server = Path.Combine(File.ReadAllText(roslyn).Trim(), "bincore", "VBCSCompiler.dll");
        Dotnet(_folder, server, "-shutdown", $"-pipename:{_compiler}");
    }

    private static string Template(string kind) => kind switch { "file format" => "format", "portfolio rule" => "rule", _ => kind };

    private string Build()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(p => File.Exists(Path.Combine(p, "dotnet"))))
            Assert.Skip("needs the .NET SDK on the path, which this machine does not have");
        foreach (var (kind, name) in Kinds) NewPluginProject.Create(Of(kind), name, _folder, TestCatalogues.All);
        NewPluginProject.Create(Of("strategy"), Changed, _folder, TestCatalogues.All);
        ChangeParameters(Path.Combine(ChangedFolder, Changed + ".cs"));
        var all = Path.Combine(_folder, "All.proj");
        File.WriteAllText(all, """
            <Project>
              <ItemGroup><Tests Include="*/Tests/*.csproj;GoldenStud?/*.csproj" /></ItemGroup>
              <Target Name="Restore">
                <WriteLinesToFile File="roslyn.txt" Lines="$(MSBuildToolsPath)/Roslyn" Overwrite="true" />
                <MSBuild Projects="@(Tests)" Targets="Restore" Properties="For=Restore" />
              </Target>
              <Target Name="Build"><MSBuild Projects="@(Tests)" Targets="Build" /></Target>
            </Project>
            """);
        // One process for both: the projects of the second target are read again, since they have no property For there.
        var built = Dotnet(_folder, "msbuild", all, "-t:Restore;Build", "-v:minimal", "-nologo", "-p:UseSharedCompilation=true",
            $"-p:SharedCompilationId={_compiler}");
        if (built.Code != 0 && built.Output.Contains("NU1301", StringComparison.Ordinal))
            Assert.Skip("needs xunit.v3 from a package source, which this machine does not reach");
        built.Code.ShouldBe(0, built.Output);
        return built.Output;
    }

    private static void ChangeParameters(string file)
    {
        var text = File.ReadAllText(file);
        foreach (var (old, changed) in new[]
                 {
                     ("int period = 20", "int length = 45"), ("\"ema\", period", "\"ema\", length"), ("int rsi = 14", "int rsi = 5"),
                     ("double strong = 70", "double strong = 90, [Range(1, 9)] int spare = 3"),
                 })
        {
            text.ShouldContain(old);
            text = text.Replace(old, changed, StringComparison.Ordinal);
        }
        File.WriteAllText(file, text);
    }

    internal static (int Code, string Output) Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What this test runs under is not for the child.
        var inherited = start.Environment.Keys.Where(k =>
            k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("DOTNET_STARTUP", StringComparison.Ordinal));
        foreach (var name in inherited.ToList()) start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        TestCosts.Count(Started.Process);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
