using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The content of the silo's image: a root file system from the Dockerfile's steps, in which the silo starts.</summary>
public class ImageTests
{
    private const int CannotBuild = 77;

    // What .NET and the system's own library bring, and libraries of other operating systems.
    private static readonly string[] s_known = ["libSystem.", "QCall", "libc", "libdl", "libproc", "/usr/lib/system/", "/System/Library"];

    private static string Dockerfile => Path.Combine(SharedData.RepositoryRoot, "Dockerfile");

    [Fact]
    public void The_silos_assemblies_load_no_native_libraries_but_those_of_kafka_and_parquet_which_their_packages_bring()
    {
        var wanted = Assemblies().SelectMany(LibrariesOf)
            .Where(l => !s_known.Any(k => l.StartsWith(k, StringComparison.Ordinal)) && !IsOfWindows(l)
                && !l.EndsWith("-librdkafka", StringComparison.Ordinal)) // variants that the client tries too
            .Distinct(StringComparer.Ordinal).ToList();
        wanted.ShouldBe(["librdkafka", "ParquetSharpNative"], ignoreOrder: true);
    }

    [Fact]
    public async Task In_a_root_file_system_from_the_dockerfile_the_silo_loads_the_client_of_kafka()
    {
        var (code, said) = await RunAsync();
        if (code == CannotBuild) Assert.Skip(said);
        code.ShouldBe(1, said);
        // The client works; there is no broker.
        said.ShouldContain("Kafka at 127.0.0.1:1 did not answer");
    }

    // Those that the silo itself depends on; the tests have more in the same folder.
    private static IEnumerable<string> Assemblies()
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "granary-silo.deps.json")));
        var target = dependencies.RootElement.GetProperty("targets").EnumerateObject().Single().Value;
        foreach (var library in target.EnumerateObject())
            if (library.Value.TryGetProperty("runtime", out var files))
                foreach (var file in files.EnumerateObject())
                    yield return Path.Combine(AppContext.BaseDirectory, Path.GetFileName(file.Name));
    }

    private static IEnumerable<string> LibrariesOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        if (!file.HasMetadata) yield break;
        var metadata = file.GetMetadataReader();
        for (var row = 1; row <= metadata.GetTableRowCount(TableIndex.ModuleRef); row++)
            yield return metadata.GetString(metadata.GetModuleReference(
                MetadataTokens.ModuleReferenceHandle(row)).Name);
    }

    private static bool IsOfWindows(string library) => library.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
        || library.ToLowerInvariant() is "kernel32" or "advapi32" or "ntdll" or "user32" or "crypt32" or "secur32" or "ws2_32";

    private static async Task<(int Code, string Said)> RunAsync()
    {
        var ports = FreePorts.Take(2);
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Cluster.Tests", "image.sh"),
            Dockerfile,
            AppContext.BaseDirectory, "--urls", "http://127.0.0.1:0", "--streams", "kafka", "--kafka", "127.0.0.1:1",
            "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--start-timeout", "20"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
