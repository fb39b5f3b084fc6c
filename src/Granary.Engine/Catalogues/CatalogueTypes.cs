using System.Globalization;
using System.Reflection;

namespace Granary.Engine.Catalogues;

/// <summary>Finds the classes of an assembly that belong in a catalogue, and makes those whose instance is the entry.</summary>
public static class CatalogueTypes
{
    /// <summary>The classes with a <see cref="CatalogueAttribute"/>, public or not, in the order of their names.</summary>
    public static IEnumerable<(Type Type, CatalogueAttribute Attribute)> Of(Assembly assembly) =>
        from type in assembly.GetTypes()
        where type.IsDefined(typeof(CatalogueAttribute), inherit: false)
        orderby type.FullName
        select (type, type.GetCustomAttribute<CatalogueAttribute>(inherit: false)!);

    /// <summary>A new instance of a class that a catalogue holds.</summary>
    /// <typeparam name="T">What the attribute demands of the class.</typeparam>
    /// <exception cref="ArgumentException">It is not a <typeparamref name="T"/>, or has no public constructor without
    /// parameters.</exception>
    public static T Create<T>(Type type, CatalogueAttribute attribute)
    {
        if (!typeof(T).IsAssignableFrom(type))
            throw new ArgumentException(
                $"the {attribute.Kind} '{attribute.Name}' is the class {type}, which is not a {typeof(T).Name}; derive it from that");
        if (type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException($"the {attribute.Kind} '{attribute.Name}' is the class {type}, "
                + "which has no public constructor without parameters; give it one");
        return (T)Activator.CreateInstance(type, BindingFlags.DoNotWrapExceptions | BindingFlags.Public | BindingFlags.Instance, null, [],
            CultureInfo.InvariantCulture)!;
    }

    /// <summary>Adds the instances of one kind that an assembly holds.</summary>
    /// <typeparam name="T">What the attribute demands of the class.</typeparam>
    /// <typeparam name="TAttribute">Marks the classes of this kind.</typeparam>
    /// <exception cref="ArgumentException">A name is taken, or a class does not fit its attribute.</exception>
    public static CatalogueBuilder<T> AddFrom<T, TAttribute>(this CatalogueBuilder<T> builder, Assembly assembly)
        where TAttribute : CatalogueAttribute => builder.AddFrom<T, TAttribute>(assembly, Create<T>);

    /// <summary>Adds the entries of one kind that an assembly holds.</summary>
    /// <typeparam name="T">An entry.</typeparam>
    /// <typeparam name="TAttribute">Marks the classes of this kind.</typeparam>
    /// <param name="make">Makes the entry of a class.</param>
    /// <exception cref="ArgumentException">A name is taken, or a class does not fit its attribute.</exception>
    public static CatalogueBuilder<T> AddFrom<T,
        TAttribute>(this CatalogueBuilder<T> builder, Assembly assembly, Func<Type, TAttribute, T> make)
        where TAttribute : CatalogueAttribute
    {
        foreach (var (type, attribute) in Of(assembly))
            if (attribute is TAttribute own)
                builder.Add(attribute.Name, make(type, own), type.ToString());
        return builder;
    }
}
