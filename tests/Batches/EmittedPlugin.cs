using System.Reflection;
using System.Reflection.Emit;
using Granary.Engine.Strategies;

namespace Granary.Testing;

/// <summary>Writes small assemblies to disk, good and bad.</summary>
internal static class EmittedPlugin
{
    /// <summary>A DLL with one class of this name that derives from <see cref="Strategy"/> (or not) and does nothing.</summary>
    public static string Write(string folder, string assembly, string className, EmittedClass? emitted = null)
    {
        var (isStrategy, isPublic, throws, constructors, uses, failsOnBar) = emitted ?? new EmittedClass();
        var builder = new PersistedAssemblyBuilder(new AssemblyName(assembly), typeof(object).Assembly);
        var module = builder.DefineDynamicModule(assembly);
        var parent = isStrategy ? typeof(Strategy) : typeof(object);
        var type = module.DefineType("Emitted." + className,
            TypeAttributes.Class | TypeAttributes.Sealed | (isPublic ? TypeAttributes.Public : TypeAttributes.NotPublic), parent);
        for (var c = 0; c < constructors; c++)
        {
            var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard,
                [.. Enumerable.Repeat(typeof(int), c)]);
            var il = constructor.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, parent.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [])!);
            if (uses is not null)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldstr, uses);
                il.Emit(OpCodes.Call, typeof(Strategy).GetMethod("Use", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(string)])!);
                il.Emit(OpCodes.Pop);
            }
            if (throws)
            {
                il.Emit(OpCodes.Ldstr, "the moon is in the wrong house");
                il.Emit(OpCodes.Newobj, typeof(NotSupportedException).GetConstructor([typeof(string)])!);
                il.Emit(OpCodes.Throw);
            }
            il.Emit(OpCodes.Ret);
        }
        if (isStrategy)
        {
            var onBar = type.DefineMethod(nameof(Strategy.OnBar),
                MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig, typeof(void), [typeof(StrategyContext)]);
            var bar = onBar.GetILGenerator();
            if (failsOnBar)
            {
                bar.Emit(OpCodes.Ldstr, "this bar cannot be read");
                bar.Emit(OpCodes.Newobj, typeof(NotSupportedException).GetConstructor([typeof(string)])!);
                bar.Emit(OpCodes.Throw);
            }
            bar.Emit(OpCodes.Ret);
        }
        type.CreateType();
        var path = Path.Combine(folder, assembly + ".dll");
        builder.Save(path);
        return path;
    }
}
