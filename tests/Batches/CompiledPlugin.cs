using Granary.Engine.Strategies;
using Granary.Simulation.Catalogues;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Granary.Testing;

/// <summary>Compiles sources to a plug-in, as a user's project would.</summary>
internal static class CompiledPlugin
{
    private const string Usings = """
        using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading;
        using Granary.Engine.Factors; using Granary.Engine.Strategies; using Granary.Engine.Trading;
        """;

    private static readonly Lazy<MetadataReference[]> s_references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).EndsWith(".Tests.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>Writes the DLL and returns its path.</summary>
    /// <param name="source">A class, or the text of a file with usings of its own.</param>
    public static string Write(string folder, string assembly, string source)
    {
        var text = source.TrimStart().StartsWith("using", StringComparison.Ordinal) ? source : Usings + source;
        var compilation = CSharpCompilation.Create(assembly, [CSharpSyntaxTree.ParseText(text)], s_references.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: source.Contains("unsafe", StringComparison.Ordinal)));
        var path = Path.Combine(folder, assembly + ".dll");
        var result = compilation.Emit(path);
        result.Success.ShouldBeTrue(string.Join('\n', result.Diagnostics));
        return path;
    }

    /// <summary>The catalogues of a host that loads a plug-in of this source.</summary>
    public static GranaryCatalogues Load(string folder, string assembly, string source)
    {
        Write(folder, assembly, source);
        return GranaryCataloguesBuilder.CreateDefault().AddPlugins(folder).Build();
    }
}
