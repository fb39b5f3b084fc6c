using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Granary.Application.Causality.Reach;

/// <summary>Which static fields a method changes: written, changed in place, or of a kind that exists to be changed.</summary>
internal sealed class StaticUse(CodeModule module, MethodDefinition method, IReadOnlyList<IlInstruction> body)
{
    private const string Array = "[]";

    private MetadataReader Metadata => module.Metadata;

    /// <summary>Names of the fields, as "Type.Field".</summary>
    public IEnumerable<string> Changed()
    {
        // What a static constructor makes is the same for every run.
        if (Metadata.StringComparer.Equals(method.Name, ".cctor")) return [];
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        var inPlace = body.Select(ChangedInPlace).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var instruction in body)
        {
            var written = instruction.Code.Value == OpCodes.Stsfld.Value || instruction.Code.Value == OpCodes.Ldsflda.Value;
            if (written || instruction.Code.Value == OpCodes.Ldsfld.Value)
            {
                if (FieldOf(instruction.Token) is { } field && IsState(field, written, inPlace)) changed.Add(NameOf(field));
            }
            else if (GetterOf(instruction) is { } loaded && IsState(loaded, written: false, inPlace))
            {
                changed.Add(NameOf(loaded));
            }
        }
        return changed;
    }

    private bool IsState(FieldDefinition field, bool written, HashSet<string> inPlace)
    {
        // Delegates and lambdas that the compiler keeps, and constants that lie in the file.
        var name = Metadata.GetString(field.Name);
        var type = module.NameOf(field.GetDeclaringType());
        if (name.StartsWith("<>", StringComparison.Ordinal) || type.Contains("+<>", StringComparison.Ordinal)
            || type.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal)) return false;
        var readOnly = (field.Attributes & FieldAttributes.InitOnly) != 0;
        if (written && !readOnly) return true;
        TypeDefinitionHandle own = default;
        var kind = field.DecodeSignature(new TypeNames(module, t => own = own.IsNil ? t : own), null);
        if (ReachRules.IsStateHolder(kind)) return true;
        if (ReachRules.IsMutable(kind) && (inPlace.Contains(kind.EndsWith("[]", StringComparison.Ordinal) ? Array : kind)
            || inPlace.Any(t => IsInterfaceOf(t, kind)))) return true;
        return !own.IsNil && module.NameOf(own) == kind && HoldsState(own);
    }

    // A class of the module with a field that changes after construction, or a collection in it.
    private bool HoldsState(TypeDefinitionHandle handle)
    {
        var type = Metadata.GetTypeDefinition(handle);
        if (type.BaseType.Kind == HandleKind.TypeReference
            && module.NameOf((TypeReferenceHandle)type.BaseType).Type is "System.Enum" or "System.MulticastDelegate" or "System.ValueType")
            return false;
        foreach (var field in type.GetFields())
        {
            var definition = Metadata.GetFieldDefinition(field);
            if ((definition.Attributes & FieldAttributes.Static) != 0) continue;
            if ((definition.Attributes & FieldAttributes.InitOnly) == 0) return true;
            var kind = definition.DecodeSignature(new TypeNames(module, _ => { }), null);
            if (ReachRules.IsMutable(kind) || ReachRules.IsStateHolder(kind)) return true;
        }
        return false;
    }

    // The type of the object that an instruction changes; null where it changes none.
    private string? ChangedInPlace(IlInstruction instruction)
    {
        var name = instruction.Code.Name!;
        if (name.StartsWith("stelem", StringComparison.Ordinal) || name == "ldelema") return Array;
        if (instruction.Code.OperandType != OperandType.InlineMethod) return null;
        var handle = MetadataTokens.EntityHandle(instruction.Token);
        if (handle.Kind == HandleKind.MethodSpecification)
            handle = Metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method;
        if (handle.Kind != HandleKind.MemberReference) return null;
        var member = Metadata.GetMemberReference((MemberReferenceHandle)handle);
        if (!ReachRules.IsMutator(Metadata.GetString(member.Name))) return null;
        var type = member.Parent.Kind switch
        {
            HandleKind.TypeReference => module.NameOf((TypeReferenceHandle)member.Parent).Type,
            HandleKind.TypeSpecification =>
                Metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent)
                    .DecodeSignature(new TypeNames(module, _ => { }), null),
            _ => null,
        };
        return type == "System.Array" ? Array : type;
    }

    // A dictionary may be changed as the interface that it is kept as.
    private static bool IsInterfaceOf(string changed, string field) =>
        changed.StartsWith("System.Collections.Generic.I", StringComparison.Ordinal) && changed.EndsWith(field[^2..],
            StringComparison.Ordinal);

    // The field behind a static property that only gives it out.
    private FieldDefinition? GetterOf(IlInstruction instruction)
    {
        if (instruction.Code.Value != OpCodes.Call.Value) return null;
        var handle = MetadataTokens.EntityHandle(instruction.Token);
        if (handle.Kind != HandleKind.MethodDefinition) return null;
        var called = Metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
        if ((called.Attributes & MethodAttributes.Static) == 0) return null;
        return module.BodyOf(called) is [var load, var ret] && load.Code.Value == OpCodes.Ldsfld.Value
            && ret.Code.Value == OpCodes.Ret.Value ? FieldOf(load.Token) : null;
    }

    private FieldDefinition? FieldOf(int token)
    {
        var handle = MetadataTokens.EntityHandle(token);
        return handle.Kind == HandleKind.FieldDefinition ? Metadata.GetFieldDefinition((FieldDefinitionHandle)handle) : null;
    }

    private string NameOf(FieldDefinition field)
    {
        var type = module.NameOf(field.GetDeclaringType());
        var name = Metadata.GetString(field.Name);
        // The field of an automatic property: <Name>k__BackingField.
        if (name.StartsWith('<') && name.IndexOf('>') is > 1 and var end) name = name[1..end];
        return $"{type[(type.LastIndexOf('.') + 1)..]}.{name}";
    }
}
