using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Native libraries that the silo's image needs; <c>tests/images.sh</c> builds the image and runs it.</summary>
public class ImageTests
{
    // What .NET and the system's own library bring, and libraries of other operating systems.
    private static readonly string[] s_known = ["libSystem.", "QCall", "libc", "libdl", "libproc", "/usr/lib/system/", "/System/Library"];

    [Fact]
    public void The_silos_assemblies_load_no_native_libraries_but_those_of_kafka_and_parquet_which_their_packages_bring()
    {
        var wanted = Assemblies().SelectMany(LibrariesOf)
            .Where(l => !s_known.Any(k => l.StartsWith(k, StringComparison.Ordinal)) && !IsOfWindows(l)
                && !l.EndsWith("-librdkafka", StringComparison.Ordinal)) // variants that the client tries too
            .Distinct(StringComparer.Ordinal).ToList();
        wanted.ShouldBe(["librdkafka", "ParquetSharpNative"], ignoreOrder: true);
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
}
