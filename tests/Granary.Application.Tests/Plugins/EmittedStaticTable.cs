using System.Reflection;
using System.Reflection.Emit;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Plugins;

/// <summary>
/// Writes a plug-in to disk whose strategy has a static dictionary of closes. As IL, since the architecture tests reject such a source.
/// </summary>
internal static class EmittedStaticTable
{
    public const string Class = "StaticTable", Field = "s_closes";

    /// <summary>
    /// A DLL with one strategy that buys when its table has a higher close for the hour after the bar.
    /// </summary>
    /// <param name="isCache">Whether it keeps the close of each bar in the table, for the next run; else it only reads the table.</param>
    public static void Write(string folder, bool isCache)
    {
        const string name = "Emitted." + Class;
        var builder = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var type = builder.DefineDynamicModule(name).DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed, typeof(Strategy));
        var table = typeof(Dictionary<DateTime, double>);
        var field = type.DefineField(Field, table, FieldAttributes.Private | FieldAttributes.Static | FieldAttributes.InitOnly);

        var il = type.DefineTypeInitializer().GetILGenerator();
        il.Emit(OpCodes.Newobj, table.GetConstructor([])!);
        il.Emit(OpCodes.Stsfld, field);
        il.Emit(OpCodes.Ret);

        il = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(Strategy).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [])!);
        il.Emit(OpCodes.Ret);

        EmitOnBar(type, field, isCache);
        type.CreateType();
        builder.Save(Path.Combine(folder, name + ".dll"));
    }

    private static void EmitOnBar(TypeBuilder type, FieldBuilder field, bool isCache)
    {
        var (table, context) = (field.FieldType, typeof(StrategyContext));
        var (time, close) = (context.GetProperty(nameof(StrategyContext.Time))!.GetMethod!,
            context.GetProperty(nameof(StrategyContext.Close))!.GetMethod!);
        var il = type.DefineMethod(nameof(Strategy.OnBar), MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
            typeof(void), [context]).GetILGenerator();
        var (now, next, exit) = (il.DeclareLocal(typeof(DateTime)), il.DeclareLocal(typeof(double)), il.DefineLabel());
        void Lock(string what)
        {
            il.Emit(OpCodes.Ldsfld, field);
            il.Emit(OpCodes.Call, typeof(Monitor).GetMethod(what, [typeof(object)])!);
        }
        void Of(MethodInfo property)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Callvirt, property);
        }
        Lock(nameof(Monitor.Enter));
        Of(time);
        il.Emit(OpCodes.Stloc, now);
        if (isCache)
        {
            il.Emit(OpCodes.Ldsfld, field);
            il.Emit(OpCodes.Ldloc, now);
            Of(close);
            il.Emit(OpCodes.Callvirt, table.GetProperty("Item")!.SetMethod!);
        }
        il.Emit(OpCodes.Ldsfld, field);
        il.Emit(OpCodes.Ldloca, now);
        il.Emit(OpCodes.Ldc_R8, 1.0);
        il.Emit(OpCodes.Call, typeof(DateTime).GetMethod(nameof(DateTime.AddHours))!);
        il.Emit(OpCodes.Ldloca, next);
        il.Emit(OpCodes.Callvirt, table.GetMethod("TryGetValue")!);
        il.Emit(OpCodes.Pop);
        Lock(nameof(Monitor.Exit));
        il.Emit(OpCodes.Ldloc, next);
        Of(close);
        il.Emit(OpCodes.Ble, exit);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4, (int)Side.Buy);
        il.Emit(OpCodes.Callvirt, context.GetMethod(nameof(StrategyContext.Go), [typeof(Side)])!);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(exit);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Callvirt, context.GetMethod(nameof(StrategyContext.Exit), [])!);
        il.Emit(OpCodes.Ret);
    }
}
