using System.Collections.Immutable;
using Granary.Engine;
using Granary.Engine.Strategies;
using Granary.Learning.Trainers;
using Granary.Scripting.Completion;
using Microsoft.CodeAnalysis;

namespace Granary.Scripting;

/// <summary>
/// The assemblies that a strategy file can use: .NET's base library as this process runs it, Granary.Engine and Granary.Learning with their
/// XML documentation. They are read once.
/// </summary>
internal sealed class ReferenceSet
{
    private readonly Lazy<ImmutableArray<MetadataReference>> _all = new(Read);

    /// <exception cref="InputException">This process was published as a single file, or without the base library.</exception>
    public ImmutableArray<MetadataReference> All => _all.Value;

    private static ImmutableArray<MetadataReference> Read()
    {
        var platform = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                && Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location));
        string[] paths =
            [.. platform.Order(StringComparer.Ordinal), typeof(Strategy).Assembly.Location, typeof(ITrainer).Assembly.Location];
        if (paths.Length < 10 || Array.Exists(paths, path => path.Length == 0))
            throw new InputException("this program was published without the assemblies that C# is compiled against; publish it as a "
                + "folder of files, not as a single file");
        return [.. paths.Select(Reference)];
    }

    private static MetadataReference Reference(string path)
    {
        var documentation = Path.ChangeExtension(path, ".xml");
        return MetadataReference.CreateFromFile(path,
            documentation: File.Exists(documentation) ? new XmlDocumentation(documentation) : null);
    }
}
