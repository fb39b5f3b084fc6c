using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Granary.Application.Causality.Reach;

/// <summary>An assembly's metadata and code, read from its file without running it.</summary>
internal sealed class CodeModule
{
    private readonly PEReader _file;
    private readonly Dictionary<string, TypeDefinitionHandle> _types = new(StringComparer.Ordinal);

    private CodeModule(string path, PEReader file)
    {
        Path = path;
        _file = file;
        Metadata = file.GetMetadataReader();
        foreach (var handle in Metadata.TypeDefinitions) _types.TryAdd(NameOf(handle), handle);
    }

    public string Path { get; }

    public MetadataReader Metadata { get; }

    /// <returns>Null where the file cannot be read or holds no .NET code.</returns>
    public static CodeModule? Open(string path)
    {
        try
        {
            if (path.Length == 0 || !File.Exists(path)) return null;
            var file = new PEReader(new MemoryStream(File.ReadAllBytes(path)));
            return file.HasMetadata ? new CodeModule(path, file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null;
        }
    }

    public TypeDefinitionHandle? Find(string type) => _types.TryGetValue(type, out var handle) ? handle : null;

    /// <summary>Full name of a type of this assembly, as reflection has it.</summary>
    public string NameOf(TypeDefinitionHandle handle)
    {
        var type = Metadata.GetTypeDefinition(handle);
        var name = Metadata.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer) return NameOf(outer) + "+" + name;
        var space = Metadata.GetString(type.Namespace);
        return space.Length > 0 ? space + "." + name : name;
    }

    /// <summary>Full name of a type of another assembly, and that assembly's name; an empty one for a type of this assembly.</summary>
    public (string Assembly, string Type) NameOf(TypeReferenceHandle handle)
    {
        var type = Metadata.GetTypeReference(handle);
        var name = Metadata.GetString(type.Name);
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var (assembly, outer) = NameOf((TypeReferenceHandle)type.ResolutionScope);
                return (assembly, outer + "+" + name);
            case HandleKind.AssemblyReference:
                var space = Metadata.GetString(type.Namespace);
                return (Metadata.GetString(Metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name),
                    space.Length > 0 ? space + "." + name : name);
            default:
                return ("", name);
        }
    }

    /// <summary>The instructions of a method; empty where it has no body.</summary>
    public List<IlInstruction> BodyOf(MethodDefinition method) =>
        method.RelativeVirtualAddress == 0 || (method.ImplAttributes & MethodImplAttributes.CodeTypeMask) != MethodImplAttributes.IL
            ? []
            : IlReader.Read(_file.GetMethodBody(method.RelativeVirtualAddress).GetILReader());
}
