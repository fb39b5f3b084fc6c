using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;

namespace Granary.Application.Causality.Reach;

/// <summary>
/// Reads the code of a plug-in's class, and of all that it calls in the plug-in and in the assemblies beside it, and reports what reaches
/// beyond the bars that
/// it is given. Code is read and not run; a virtual call counts for every class that the code mentions.
/// </summary>
public sealed class CodeScan
{
    private const string Engine = "Granary.Engine";

    // Granary's assemblies that read nothing by themselves; their code is read as that of a plug-in.
    private static readonly string[] Pure = ["Granary.Learning", "Granary.Learning.MLNet"];

    private readonly Dictionary<string, CodeModule?> _modules = new(StringComparer.Ordinal);
    private readonly string _class;
    private readonly string _root;
    private readonly Queue<(CodeModule Module, MethodDefinitionHandle Method)> _open = new();
    private readonly HashSet<(string Path, int Token)> _methods = [], _types = [];
    private readonly Dictionary<(ReachKind, string), CodeReach> _found = [];
    private readonly HashSet<string> _engineCalls = new(StringComparer.Ordinal);

    private CodeScan(Type entry)
    {
        _class = entry.Name;
        _root = entry.Assembly.Location;
    }

    /// <summary>What a class reaches; each kind of reach through a member once.</summary>
    /// <param name="callsEngine">Names of Granary.Engine's members that it calls, as "StrategyContext.Submit".</param>
    public static IReadOnlyList<CodeReach> Of(Type entry, out IReadOnlySet<string> callsEngine)
    {
        var scan = new CodeScan(entry);
        scan.Scan(entry);
        callsEngine = scan._engineCalls;
        return [.. scan._found.Values.OrderBy(f => f.Kind).ThenBy(f => f.Member, StringComparer.Ordinal)];
    }

    private void Scan(Type entry)
    {
        var module = ModuleAt(_root);
        if (module?.Find(entry.FullName ?? entry.Name) is not { } type)
        {
            Report(ReachKind.Unknown, entry.Name, entry.Assembly.GetName().Name ?? entry.Name);
            return;
        }
        foreach (var method in module.Metadata.GetTypeDefinition(type).GetMethods()) Reach(module, method);
        Mention(module, type);
        while (_open.TryDequeue(out var next)) Read(next.Module, next.Method);
    }

    private void Reach(CodeModule module, MethodDefinitionHandle method)
    {
        if (_methods.Add((module.Path, MetadataTokens.GetToken(method)))) _open.Enqueue((module, method));
    }

    // A type that code mentions: its static constructor runs, and whatever it overrides may be called.
    private void Mention(CodeModule module, TypeDefinitionHandle handle)
    {
        if (!_types.Add((module.Path, MetadataTokens.GetToken(handle)))) return;
        var type = module.Metadata.GetTypeDefinition(handle);
        foreach (var method in type.GetMethods())
        {
            var definition = module.Metadata.GetMethodDefinition(method);
            if ((definition.Attributes & MethodAttributes.Virtual) != 0 || module.Metadata.StringComparer.Equals(definition.Name,
                ".cctor")) Reach(module, method);
        }
        if (!type.BaseType.IsNil) MentionAny(module, type.BaseType);
    }

    private void MentionAny(CodeModule module, EntityHandle type)
    {
        switch (type.Kind)
        {
            case HandleKind.TypeDefinition:
                Mention(module, (TypeDefinitionHandle)type);
                break;
            case HandleKind.TypeReference:
                var (assembly, name) = module.NameOf((TypeReferenceHandle)type);
                if (Analysed(module, assembly) is { } other && other.Find(name) is { } found) Mention(other, found);
                break;
            case HandleKind.TypeSpecification:
                module.Metadata.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(Names(module), null);
                break;
        }
    }

    private TypeNames Names(CodeModule module) => new(module, t => Mention(module, t));

    private void Read(CodeModule module, MethodDefinitionHandle handle)
    {
        var method = module.Metadata.GetMethodDefinition(handle);
        var name = MethodName(module, method);
        if ((method.Attributes & MethodAttributes.PinvokeImpl) != 0) Report(ReachKind.Native, name, module.Metadata.GetString(method.Name));
        if (IsUnsafeAccessor(module, method)) Report(ReachKind.Reflection, name, "UnsafeAccessor");
        List<IlInstruction> body;
        try
        {
            body = module.BodyOf(method);
        }
        catch (Exception e) when (e is InvalidDataException or BadImageFormatException)
        {
            Report(ReachKind.Unknown, name, "damaged code");
            return;
        }
        var statics = new StaticUse(module, method, body);
        foreach (var instruction in body)
        {
            if (instruction.Token == 0 || instruction.Code.OperandType is System.Reflection.Emit.OperandType.InlineString) continue;
            if (instruction.Code.OperandType == System.Reflection.Emit.OperandType.InlineSig)
            {
                if (instruction.Code.Value == System.Reflection.Emit.OpCodes.Calli.Value) Report(ReachKind.Native, name,
                    "a function pointer");
                continue;
            }
            Follow(module, name, (EntityHandle)MetadataTokens.EntityHandle(instruction.Token));
        }
        foreach (var field in statics.Changed()) Report(ReachKind.SharedState, name, field);
    }

    private void Follow(CodeModule module, string from, EntityHandle operand)
    {
        switch (operand.Kind)
        {
            case HandleKind.MethodDefinition:
                var method = (MethodDefinitionHandle)operand;
                Reach(module, method);
                Mention(module, module.Metadata.GetMethodDefinition(method).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Mention(module, module.Metadata.GetFieldDefinition((FieldDefinitionHandle)operand).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var specification = module.Metadata.GetMethodSpecification((MethodSpecificationHandle)operand);
                specification.DecodeSignature(Names(module), null);
                Follow(module, from, specification.Method);
                break;
            case HandleKind.MemberReference:
                FollowMember(module, from, module.Metadata.GetMemberReference((MemberReferenceHandle)operand));
                break;
            default:
                MentionAny(module, operand);
                break;
        }
    }

    private void FollowMember(CodeModule module, string from, MemberReference member)
    {
        var name = module.Metadata.GetString(member.Name);
        var (assembly, type) = ParentOf(module, member.Parent);
        if (type is null) return;
        MentionAny(module, member.Parent);
        if (assembly.Length == 0)
        {
            if (module.Find(type) is { } own) ReachNamed(module, own, name);
            return;
        }
        if (assembly == Engine)
        {
            _engineCalls.Add($"{type[(type.LastIndexOf('.') + 1)..]}.{name}");
            return;
        }
        if (assembly.StartsWith("Granary.", StringComparison.Ordinal) && !Pure.Contains(assembly))
        {
            Report(ReachKind.DataSource, from, $"{type}.{name}");
            return;
        }
        if (IsFramework(assembly))
        {
            var parameters = member.GetKind() == MemberReferenceKind.Method ? member.DecodeMethodSignature(Names(module),
                null).ParameterTypes.Length : 0;
            if (ReachRules.Of(type, name, parameters) is { } kind) Report(kind, from, $"{type}.{name}");
            return;
        }
        if (Analysed(module, assembly) is not { } other) Report(ReachKind.Unknown, from, assembly);
        else if (other.Find(type) is { } found) ReachNamed(other, found, name);
    }

    // Overloads are not distinguished: each may be the one that is called. A member of a base class is found there.
    private void ReachNamed(CodeModule module, TypeDefinitionHandle handle, string name)
    {
        Mention(module, handle);
        var type = module.Metadata.GetTypeDefinition(handle);
        foreach (var method in type.GetMethods())
            if (module.Metadata.StringComparer.Equals(module.Metadata.GetMethodDefinition(method).Name, name))
                Reach(module, method);
        if (type.BaseType.Kind == HandleKind.TypeDefinition) ReachNamed(module, (TypeDefinitionHandle)type.BaseType, name);
    }

    private (string Assembly, string? Type) ParentOf(CodeModule module, EntityHandle parent)
    {
        switch (parent.Kind)
        {
            case HandleKind.TypeReference:
                return module.NameOf((TypeReferenceHandle)parent);
            case HandleKind.TypeDefinition:
                return ("", module.NameOf((TypeDefinitionHandle)parent));
            case HandleKind.TypeSpecification:
                var signature =
                    module.Metadata.GetBlobReader(module.Metadata.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
                if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return ("", null);
                signature.ReadCompressedInteger();
                return ParentOf(module, signature.ReadTypeHandle());
            default:
                return ("", null);
        }
    }

    // The code of an assembly that is neither .NET's nor Granary's; null where it is either, or cannot be read.
    private CodeModule? Analysed(CodeModule from, string assembly)
    {
        if (assembly.Length == 0 || assembly == Engine || IsFramework(assembly)) return null;
        if (assembly.StartsWith("Granary.", StringComparison.Ordinal) && !Pure.Contains(assembly)) return null;
        var beside = Path.Combine(Path.GetDirectoryName(from.Path) ?? "", assembly + ".dll");
        if (!Pure.Contains(assembly) && File.Exists(beside)) return ModuleAt(beside);
        return AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => !a.IsDynamic && a.GetName().Name == assembly) is { } loaded
            ? ModuleAt(loaded.Location) : null;
    }

    private CodeModule? ModuleAt(string path) => _modules.TryGetValue(path, out var module) ? module
        : _modules[path] = CodeModule.Open(path);

    private static bool IsFramework(string assembly) => File.Exists(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(),
        assembly + ".dll"));

    private void Report(ReachKind kind, string method, string member) => _found.TryAdd((kind, member), new CodeReach(_class, kind, method,
        member));

    private static string MethodName(CodeModule module, MethodDefinition method)
    {
        var type = module.NameOf(method.GetDeclaringType());
        return $"{type[(type.LastIndexOf('.') + 1)..]}.{module.Metadata.GetString(method.Name)}";
    }

    private static bool IsUnsafeAccessor(CodeModule module, MethodDefinition method)
    {
        foreach (var handle in method.GetCustomAttributes())
        {
            var attribute = module.Metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind == HandleKind.MemberReference
                && module.Metadata.GetMemberReference(
                    (MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && module.NameOf((TypeReferenceHandle)parent).Type == "System.Runtime.CompilerServices.UnsafeAccessorAttribute")
                return true;
        }
        return false;
    }
}
