//! Instantiation cycles: generic code that would need infinitely many instances.
//!
//! Type parameters are the nodes of a graph. Where `P` is instantiated with a type that mentions `Q`, there is an edge
//! from `Q` to `P`: of weight 0 if the argument is `Q` itself, else of weight 1. A cycle with a positive weight makes types grow
//! without end; without one there are finitely many instances. Spec, "Instantiations", leaves the rule to implementations;
//! this is gc's.

use rustc_hash::FxHashMap;
use source::{Code, Diagnostic, Note, Pos};

use crate::checker::Checker;
use crate::model::*;
use crate::predicates::unalias;

/// An edge of the graph.
struct Edge<'s> {
    from: usize,
    to: usize,
    weight: u32,
    pos: Pos,
    targ: Ty<'s>,
}

/// The graph.
#[derive(Default)]
struct Graph<'s> {
    nodes: Vec<Ty<'s>>,
    numbers: FxHashMap<usize, usize>,
    edges: Vec<Edge<'s>>,
}

fn key(ty: Ty<'_>) -> usize {
    std::ptr::from_ref(ty).addr()
}

impl<'s> Graph<'s> {
    fn node(&mut self, ty: Ty<'s>) -> usize {
        *self.numbers.entry(key(ty)).or_insert_with(|| {
            self.nodes.push(ty);
            self.nodes.len() - 1
        })
    }

    /// Adds the edges from the type parameters that `targ` mentions.
    fn add(&mut self, canon: &FxHashMap<usize, Ty<'s>>, tparam: Ty<'s>, targ: Ty<'s>, pos: Pos) {
        let resolve = |ty: Ty<'s>| canon.get(&key(ty)).copied().unwrap_or(ty);
        let to = self.node(resolve(tparam));
        let mut mentioned = Vec::new();
        mentions(targ, 0, &mut mentioned);
        for (ty, weight) in mentioned {
            let from = self.node(resolve(ty));
            self.edges.push(Edge { from, to, weight, pos, targ });
        }
    }
}

/// Collects the type parameters in `ty`, with 0 for `ty` itself and 1 for those within it.
fn mentions<'s>(ty: Ty<'s>, weight: u32, out: &mut Vec<(Ty<'s>, u32)>) {
    match unalias(ty) {
        Type::TypeParam(_) => out.push((unalias(ty), weight)),
        Type::Named(named) => named.targs.iter().for_each(|targ| mentions(targ, 1, out)),
        Type::Pointer(elem) | Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => {
            mentions(elem, 1, out);
        }
        Type::Map { key, elem } => {
            mentions(key, 1, out);
            mentions(elem, 1, out);
        }
        Type::Struct(fields) => objects(fields.fields, out),
        Type::Signature(sig) => {
            objects(sig.params, out);
            objects(sig.results, out);
        }
        Type::Interface(interface) => {
            objects(interface.methods, out);
            interface.embeds.iter().for_each(|(ty, _)| mentions(ty, 1, out));
        }
        Type::Tuple(tys) => tys.iter().for_each(|ty| mentions(ty, 1, out)),
        Type::Union(terms) => terms.iter().for_each(|term| mentions(term.ty, 1, out)),
        Type::Basic(_) | Type::Alias(_) => {}
    }
}

fn objects<'s>(objs: &[Obj<'s>], out: &mut Vec<(Ty<'s>, u32)>) {
    objs.iter().filter_map(|obj| obj.ty()).for_each(|ty| mentions(ty, 1, out));
}

impl<'s> Checker<'s> {
    /// Reports the first instantiation cycle of the package.
    pub(crate) fn check_instantiation_cycles(&mut self) {
        let canon: FxHashMap<usize, Ty<'s>> =
            self.decls.recv_tparams.iter().map(|&(own, declared)| (key(own), declared)).collect();
        let mut graph = Graph::default();
        for (file, info) in self.info.iter().enumerate() {
            let mut places: Vec<_> = info.instances.iter().collect();
            places.sort_by_key(|(expr, _)| **expr);
            for (&expr, &targs) in places {
                let Some(tparams) = self.tparams_at(file, expr) else { continue };
                let tree = &self.input.files[file].tree;
                let pos = Pos { file: self.input.files[file].id, offset: tree[expr].span.start };
                for (&tparam, &targ) in tparams.iter().zip(targs) {
                    graph.add(&canon, tparam, targ, pos);
                }
            }
        }
        if let Some(cycle) = find_cycle(&graph) {
            self.report_instantiation_cycle(&graph, &cycle);
        }
    }

    fn tparams_at(&self, file: usize, expr: syntax::ExprId) -> Option<&'s [Ty<'s>]> {
        let info = &self.info[file];
        let obj = match info.selections.get(&expr) {
            Some(crate::checker::Selection::Qualified(obj)) => Some(*obj),
            _ => info.uses[expr.index()],
        };
        match obj?.ty()? {
            Type::Named(named) => named.tparams.get().copied(),
            Type::Alias(alias) => alias.tparams.get().copied(),
            Type::Signature(sig) => Some(sig.tparams),
            _ => None,
        }
    }

    fn report_instantiation_cycle(&mut self, graph: &Graph<'s>, cycle: &[usize]) {
        let name = |node: usize| match graph.nodes[node] {
            Type::TypeParam(tparam) => Some(tparam.obj),
            _ => None,
        };
        let Some(first) = name(graph.edges[cycle[0]].to) else { return };
        let mut diagnostic = Diagnostic::new(first.pos, Code::Types, "instantiation cycle:");
        for &edge in cycle {
            let edge = &graph.edges[edge];
            let Some(obj) = name(edge.to) else { continue };
            let text = format!("{} instantiated as {}", obj.name, self.ty_str(edge.targ));
            diagnostic.notes.push(Note { pos: edge.pos, text });
        }
        self.report(diagnostic);
    }
}

/// Finds a cycle with a positive weight: an edge of weight 1 from whose end its start can be reached.
fn find_cycle(graph: &Graph<'_>) -> Option<Vec<usize>> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    for (idx, edge) in graph.edges.iter().enumerate() {
        outgoing[edge.from].push(idx);
    }
    for (idx, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| edge.weight > 0) {
        if let Some(mut way) = find_way(graph, &outgoing, edge.to, edge.from) {
            way.insert(0, idx);
            return Some(way);
        }
    }
    None
}

fn find_way(graph: &Graph<'_>, outgoing: &[Vec<usize>], from: usize, to: usize) -> Option<Vec<usize>> {
    // By node: the edge by which it was reached.
    let mut reached: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    let mut seen = vec![false; graph.nodes.len()];
    seen[from] = true;
    let mut stack = vec![from];
    while let Some(node) = stack.pop() {
        if node == to {
            let mut way = Vec::new();
            let mut at = to;
            while at != from {
                let edge = reached[at]?;
                way.push(edge);
                at = graph.edges[edge].from;
            }
            way.reverse();
            return Some(way);
        }
        for &edge in &outgoing[node] {
            let next = graph.edges[edge].to;
            if !std::mem::replace(&mut seen[next], true) {
                reached[next] = Some(edge);
                stack.push(next);
            }
        }
    }
    None
}
