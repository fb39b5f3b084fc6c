using System.Reflection;
using System.Runtime.Loader;

namespace Granary.Simulation.Plugins;

/// <summary>
/// The load context of one compiled source. It is collectible: the runtime unloads the classes when no batch uses them any more. Everything
/// that they refer to comes from the host.
/// </summary>
internal sealed class CodeContext : AssemblyLoadContext
{
    private CodeContext(CodeSource source, byte[] image) : base(source.Name, isCollectible: true) => (Source, Image) = (source, image);

    public CodeSource Source { get; }

    /// <summary>The bytes of the assembly.</summary>
    public byte[] Image { get; }

    /// <summary>Loads a compiled source.</summary>
    public static Assembly Load(CodeSource source, byte[] image) =>
        new CodeContext(source, image).LoadFromStream(new MemoryStream(image, writable: false));

    /// <summary>Returns the source of a class; null for a class of a file of assemblies.</summary>
    public static CodeSource? SourceOf(Type type) => (GetLoadContext(type.Assembly) as CodeContext)?.Source;

    /// <summary>Returns the bytes of an assembly, wherever it was loaded from.</summary>
    public static byte[] ImageOf(Assembly assembly) =>
        GetLoadContext(assembly) is CodeContext own ? own.Image : File.ReadAllBytes(assembly.Location);

    /// <summary>Whether an assembly has intermediate code: a program that is compiled ahead of time has none.</summary>
    public static bool HasImage(Assembly assembly) => GetLoadContext(assembly) is CodeContext || assembly.Location.Length > 0;

    protected override Assembly? Load(AssemblyName assemblyName) => null;
}
